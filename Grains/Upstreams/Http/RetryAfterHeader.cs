using System.Globalization;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>RFC 9110, 10.2.3: <c>Retry-After</c> in seconds (a fraction is tolerated) or as an HTTP date. Pure.</summary>
internal static class RetryAfterHeader
{
    // A wait that no request outlives; what is longer is an error of the sender or a date far off.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>How long to wait from now; null when there is no header or it can't be read. Never negative.</summary>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        if (value is null)
        {
            return null;
        }

        if (
            double.TryParse(
                value,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out var seconds
            ) && double.IsFinite(seconds)
        )
        {
            return seconds >= Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds);
        }

        if (
            !DateTimeOffset.TryParse(
                value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
                out var date
            )
        )
        {
            return null;
        }

        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > Longest ? Longest
            : wait;
    }
}
