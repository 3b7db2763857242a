using System.Globalization;
using System.Net.Http.Headers;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Reads what an answer's headers say of an account's limits. A header that cannot be read is no header. Pure.</summary>
internal static class AnthropicRateLimits
{
    /// <summary><c>anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}</c>; null when there is none.</summary>
    public static RateLimitReport? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var requests = Window(headers, "requests", now);
        // The tokens are those of the narrowest limit; some servers report only the limit of input.
        var tokens = Window(headers, "tokens", now) ?? Window(headers, "input-tokens", now);
        return requests is null && tokens is null ? null : new RateLimitReport(requests, tokens);
    }

    private static RateLimitWindow? Window(HttpResponseHeaders headers, string what, DateTimeOffset now)
    {
        var limit = Number(headers, $"anthropic-ratelimit-{what}-limit");
        var remaining = Number(headers, $"anthropic-ratelimit-{what}-remaining");
        var reset = Time(headers, $"anthropic-ratelimit-{what}-reset") is { } at ? at - now : (TimeSpan?)null;
        return limit is null && remaining is null && reset is null
            ? null
            : new RateLimitWindow(limit, remaining, reset < TimeSpan.Zero ? TimeSpan.Zero : reset);
    }

    private static long? Number(HttpResponseHeaders headers, string name) =>
        long.TryParse(HeaderValues.Find(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Time(HttpResponseHeaders headers, string name) =>
        DateTimeOffset.TryParse(
            HeaderValues.Find(headers, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
}
