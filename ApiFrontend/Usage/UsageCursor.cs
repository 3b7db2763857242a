using System.Globalization;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>The <c>page</c> parameter: where a page begins. Opaque to clients.</summary>
internal static class UsageCursor
{
    private const string Prefix = "page_";

    public static string ToText(DateTimeOffset start) => Prefix + start.ToUnixTimeSeconds().ToString("x", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Read(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0 and < UsageTimes.LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
