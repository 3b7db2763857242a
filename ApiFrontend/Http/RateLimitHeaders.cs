using System.Globalization;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Writes <c>x-ratelimit-*</c>: the client key's own limits, or, for a key without limits, the pool's requests.</summary>
internal static class RateLimitHeaders
{
    public static void Set(IHeaderDictionary headers, PoolHeadroom? headroom)
    {
        if (headroom is null)
        {
            return;
        }

        Set(headers, "requests", headroom.LimitRequests, headroom.RemainingRequests, headroom.ResetRequests);
    }

    public static void Set(IHeaderDictionary headers, KeyHeadroom? headroom)
    {
        if (headroom?.LimitRequests is { } requests)
        {
            Set(headers, "requests", requests, headroom.RemainingRequests, headroom.ResetRequests);
        }

        if (headroom?.LimitTokens is { } tokens)
        {
            Set(headers, "tokens", tokens, headroom.RemainingTokens, headroom.ResetTokens);
        }
    }

    private static void Set(IHeaderDictionary headers, string kind, long limit, long remaining, TimeSpan reset)
    {
        headers[$"x-ratelimit-limit-{kind}"] = limit.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-remaining-{kind}"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-reset-{kind}"] = Duration(reset);
    }

    /// <summary>A duration as OpenAI writes it: <c>0s</c>, <c>6ms</c>, <c>59.5s</c>, <c>1m30s</c>, <c>2h0m5s</c>.</summary>
    internal static string Duration(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return "0s";
        }

        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        if (milliseconds < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        }

        var (hours, minutes, seconds) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds % 60_000 / 1000m);
        var tail = string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
        return hours > 0 ? $"{hours}h{minutes}m{tail}"
            : minutes > 0 ? $"{minutes}m{tail}"
            : tail;
    }
}
