using System.Buffers;
using System.Collections.Frozen;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Which headers an operator may add to upstream requests. Used for the options and for each account.</summary>
public static class ExtraHeaderRules
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Authorization",
        "x-flow-device-id",
        "x-nonce",
        "x-timestamp",
        "x-signature",
        "Host",
        "Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        "Content-Length",
        "Content-Type",
        "Content-Encoding",
        // The reader takes no compressed body.
        "Accept-Encoding",
        "Expect",
        "Upgrade",
        "TE",
        "Trailer"
    );

    // RFC 9110, 5.6.2: token.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>What is wrong with a header, as a phrase that follows its name; null when nothing is.</summary>
    public static string? Problem(string name, string? value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return "is not a header name; use letters, digits and dashes";
        }

        if (Reserved.Contains(name))
        {
            return "is set by the client itself; remove it";
        }

        return IsFieldValue(value) ? null : "has a value that a header can't carry; use printable ASCII on one line";
    }

    /// <summary>Whether a text can stand as a header's value: printable ASCII, no line break.</summary>
    internal static bool IsFieldValue(string? value) => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
