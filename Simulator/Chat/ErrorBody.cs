using System.Text.Json;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.Chat;

/// <summary>Error answers in the forms the upstream's clients have seen.</summary>
internal static class ErrorBody
{
    private const string Page = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>";

    public static Task WriteAsync(HttpContext context, int status, string message, ErrorShape shape, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = status;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        if (shape == ErrorShape.Empty)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = shape == ErrorShape.Html ? "text/html; charset=utf-8" : "application/json";
        return context.Response.WriteAsync(Text(status, JsonEncodedText.Encode(message).Value, shape));
    }

    private static string Text(int status, string message, ErrorShape shape) =>
        shape switch
        {
            ErrorShape.Data => $$"""{"data":"{{message}}"}""",
            ErrorShape.Error => $$"""{"error":"{{message}}"}""",
            ErrorShape.Structured => $$$"""{"error":{"code":{{{status}}},"reasons":["{{{message}}}"]}}""",
            ErrorShape.Html => Page,
            _ => $$"""{"message":"{{message}}"}""",
        };
}
