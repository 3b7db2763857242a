using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads what an answer's headers say of limits and waits. A header that cannot be read is no header. Pure.</summary>
internal static class RateLimitHeaders
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private const double LongestSeconds = 7 * 24 * 3600;

    /// <summary><c>x-ratelimit-{limit,remaining,reset}-{requests,tokens}</c>; null when there is none.</summary>
    public static RateLimitReport? Read(HttpResponseHeaders headers)
    {
        var requests = Window(headers, "requests");
        var tokens = Window(headers, "tokens");
        return requests is null && tokens is null ? null : new RateLimitReport(requests, tokens);
    }

    /// <summary>How long the server asks to wait: <c>retry-after-ms</c>, else <c>Retry-After</c>; null when it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) =>
        double.TryParse(
            Value(headers, "retry-after-ms"),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var milliseconds
        ) && double.IsFinite(milliseconds)
            ? Seconds(milliseconds / 1000)
            : RetryAfterHeader.Parse(Value(headers, "Retry-After"), now);

    /// <summary>A duration as OpenAI writes it (<c>6ms</c>, <c>1m30s</c>, <c>0s</c>, <c>1h2m3.5s</c>), or seconds as a bare number; null when it is neither.</summary>
    public static TimeSpan? Duration(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var seconds = 0.0;
        var rest = text.AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            digits = digits < 0 ? rest.Length : digits;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAnyExceptInRange('a', 'z');
            letters = letters < 0 ? rest.Length : letters;
            if (UnitOf(rest[..letters]) is not { } unit || (letters == 0 && seconds > 0))
            {
                return null;
            }

            seconds += number * unit;
            rest = rest[letters..];
        }

        return double.IsFinite(seconds) ? Seconds(seconds) : null;
    }

    private static double? UnitOf(ReadOnlySpan<char> unit) =>
        unit switch
        {
            "" or "s" => 1,
            "ms" => 0.001,
            "us" => 0.000001,
            "ns" => 0.000000001,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, LongestSeconds));

    private static RateLimitWindow? Window(HttpResponseHeaders headers, string what)
    {
        var limit = Number(Value(headers, $"x-ratelimit-limit-{what}"));
        var remaining = Number(Value(headers, $"x-ratelimit-remaining-{what}"));
        var reset = Duration(Value(headers, $"x-ratelimit-reset-{what}"));
        return limit is null && remaining is null && reset is null ? null : new RateLimitWindow(limit, remaining, reset);
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? Value(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
