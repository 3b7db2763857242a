using System.Text.RegularExpressions;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>A server's words about a request as a client may read them: on one line, not too long, without what may be a secret or an address. Pure.</summary>
internal static partial class ServerWords
{
    private const int Longest = 300;

    public static string Of(string words)
    {
        var shown = Unshown().Replace(words, "…");
        shown = string.Concat(shown.Select(static letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return shown.Length <= Longest ? shown
            : char.IsHighSurrogate(shown[Longest - 1]) ? $"{shown[..(Longest - 1)]}…"
            : $"{shown[..Longest]}…";
    }

    // Keys and tokens: known beginnings, and long runs of letters and digits. Addresses of hosts.
    [GeneratedRegex(
        @"\b(?:sk|pk|gsk|xai|Bearer)[-_ ][^\s""']+|\beyJ[^\s""']+|\b(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{24,}\b|\bhttps?://[^\s""']+",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Unshown();
}
