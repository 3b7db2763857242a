using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>The faults that need nothing of a reply.</summary>
internal static class FaultAnswer
{
    private const string ChallengePage =
        "<!DOCTYPE html><html><head><title>Just a moment</title></head><body><script>/* challenge */</script>"
        + "<noscript>JavaScript is required.</noscript></body></html>";

    public static async Task WriteAsync(HttpContext context, FaultSettings fault, ErrorShape? shape)
    {
        switch (fault.Kind)
        {
            case FaultKind.Challenge:
                await WafAsync(context, StatusCodes.Status202Accepted, "challenge");
                break;
            case FaultKind.ChallengeCaptcha:
                await WafAsync(context, StatusCodes.Status405MethodNotAllowed, "captcha");
                break;
            case FaultKind.Html:
                await PageAsync(context, StatusCodes.Status200OK);
                break;
            case FaultKind.NotNdjson:
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync("upstream connect error\nplease try again later\n");
                break;
            case FaultKind.EmptyBody:
                context.Response.ContentType = ReplySender.ContentType;
                break;
            case FaultKind.NoText:
                await NoTextAsync(context);
                break;
            case FaultKind.ResetBeforeHeaders:
                // Done once the request is recorded.
                break;
            case FaultKind.StallBeforeHeaders:
                await BrokenEnding.StallAsync(context);
                break;
            default:
                var error = FaultError.Of(fault);
                await ErrorBody.WriteAsync(context, error.Status, error.Message, shape, fault.RetryAfterSeconds);
                break;
        }
    }

    private static Task WafAsync(HttpContext context, int status, string action)
    {
        context.Response.Headers["x-amzn-waf-action"] = action;
        return PageAsync(context, status);
    }

    private static Task PageAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(ChallengePage);
    }

    private static async Task NoTextAsync(HttpContext context)
    {
        context.Response.ContentType = ReplySender.ContentType;
        for (var i = 0; i < NoiseLines.NotTextCount; i++)
        {
            await context.Response.BodyWriter.WriteAsync(NoiseLines.NonText(i).ToArray());
            await context.Response.BodyWriter.WriteAsync("\n"u8.ToArray());
        }
    }
}
