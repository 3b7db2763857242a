using System.Globalization;
using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>The <c>x-ratelimit-*</c> or <c>anthropic-ratelimit-*</c> headers of an account.</summary>
internal static class RateHeaders
{
    public static void Add(HttpContext context, Account account, DateTimeOffset now)
    {
        var (requests, tokens) = account.Rates(now);
        var form = FaceForm.Of(context);
        Add(context.Response.Headers, "requests", requests, form, now);
        Add(context.Response.Headers, "tokens", tokens, form, now);
    }

    private static void Add(IHeaderDictionary headers, string what, RateFigures? figures, FaceForm form, DateTimeOffset now)
    {
        if (figures is not { } known)
        {
            return;
        }

        if (form.NamesLimitsFirst)
        {
            headers[$"anthropic-ratelimit-{what}-limit"] = known.Limit.ToString(CultureInfo.InvariantCulture);
            headers[$"anthropic-ratelimit-{what}-remaining"] = known.Remaining.ToString(CultureInfo.InvariantCulture);
            headers[$"anthropic-ratelimit-{what}-reset"] = (now + known.Reset).ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture
            );
            return;
        }

        headers["x-ratelimit-limit-" + what] = known.Limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-" + what] = known.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-" + what] = Duration(known.Reset);
    }

    /// <summary>As OpenAI writes durations: <c>6ms</c>, <c>1.5s</c>, <c>1m30s</c>.</summary>
    private static string Duration(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds)}ms")
        : time < TimeSpan.FromMinutes(1) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalMinutes)}m{time.Seconds}s");
}
