using System.Globalization;
using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>The <c>x-ratelimit-*</c> headers of an account.</summary>
internal static class RateHeaders
{
    public static void Add(HttpContext context, Account account, DateTimeOffset now)
    {
        var (requests, tokens) = account.Rates(now);
        Add(context.Response.Headers, "requests", requests);
        Add(context.Response.Headers, "tokens", tokens);
    }

    private static void Add(IHeaderDictionary headers, string what, RateFigures? figures)
    {
        if (figures is not { } known)
        {
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
