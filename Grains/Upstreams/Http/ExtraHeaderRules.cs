using System.Buffers;
using System.Collections.Frozen;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Which headers an operator may add to upstream requests. Used for pools, options and accounts of every provider kind.</summary>
public static class ExtraHeaderRules
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
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
    /// <param name="name">The header's name.</param>
    /// <param name="value">The header's value.</param>
    /// <param name="ownHeaders">See <see cref="IProviderKind.OwnHeaders"/>; null for none.</param>
    public static string? Problem(string name, string? value, IReadOnlySet<string>? ownHeaders = null)
    {
        if (!IsFieldName(name))
        {
            return "is not a header name; use letters, digits and dashes";
        }

        if (Reserved.Contains(name) || ownHeaders?.Contains(name) == true)
        {
            return "is set by the gateway itself; remove it";
        }

        return IsFieldValue(value) ? null : "has a value that a header can't carry; use printable ASCII on one line";
    }

    /// <summary>Whether a text has the form of a header's name.</summary>
    internal static bool IsFieldName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether a text can stand as a header's value: printable ASCII, no line break.</summary>
    internal static bool IsFieldValue(string? value) => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
