namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>What a tag of the protocol does.</summary>
internal enum TagKind
{
    /// <summary>Begins a call.</summary>
    Call,

    /// <summary>Ends a call.</summary>
    CallEnd,

    /// <summary>Begins the result of a call; only the gateway writes this tag.</summary>
    Result,

    /// <summary>Ends the result of a call.</summary>
    ResultEnd,
}

/// <summary>Whether text begins with a tag.</summary>
internal enum TagMatch
{
    No,

    /// <summary>More text decides.</summary>
    Maybe,
    Yes,
}

/// <summary>
/// A tag of the protocol: <c>&lt;tool_call&gt;</c>, <c>&lt;tool_response&gt;</c> and their ends, with the spellings that models make of them. Text that only looks like
/// a tag has an underscore more after its <c>&lt;</c> than it had before, see <see cref="ProtocolText"/>.
/// </summary>
/// <param name="Kind">What the tag does.</param>
/// <param name="Underscores">How many underscores follow the <c>&lt;</c>: 0 in a real tag.</param>
/// <param name="Length">Bytes or characters of the tag; for a tag with underscores: of its beginning, up to the name.</param>
/// <param name="NameStart">Where the value of a <c>name</c> attribute begins; 0 when there is none.</param>
/// <param name="NameLength">The length of that value.</param>
internal readonly record struct ProtocolTag(TagKind Kind, int Underscores, int Length, int NameStart, int NameLength)
{
    /// <summary>A longer tag is text.</summary>
    private const int MaxLength = 200;

    private static readonly string[] Calls =
    [
        "tool_call",
        "tool_calls",
        "tool-call",
        "tool-calls",
        "toolcall",
        "toolcalls",
        "tool_use",
        "function_call",
        "function_calls",
    ];

    private static readonly string[] Results = ["tool_response", "tool_responses", "tool_result", "tool_results"];

    private const int LongestName = 18;

    /// <summary>A reply that ends with so much of a tag, or more, was cut inside the tag.</summary>
    private const int ShortestCut = 6;

    /// <summary>Reads the tag that begins with the text's first character, which is <c>&lt;</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isEnd">Whether nothing follows the text.</param>
    /// <param name="tag">The tag.</param>
    public static TagMatch Match(ReadOnlySpan<byte> text, bool isEnd, out ProtocolTag tag)
    {
        tag = default;
        var at = 1;
        while (at < text.Length && text[at] == '_' && at < MaxLength)
        {
            at++;
        }

        var underscores = at - 1;
        var isClosing = at < text.Length && text[at] == '/';
        at += isClosing ? 1 : 0;
        Span<char> name = stackalloc char[LongestName];
        var length = 0;
        while (at + length < text.Length && length < LongestName && IsNamePart(text[at + length]))
        {
            name[length] = (char)(text[at + length] | 0x20);
            name[length] = text[at + length] is (byte)'_' or (byte)'-' ? (char)text[at + length] : name[length];
            length++;
        }

        var isWhole = at + length < text.Length;
        if (!isWhole && !(isEnd && underscores > 0))
        {
            return at < MaxLength && IsPrefix(name[..length]) ? TagMatch.Maybe : TagMatch.No;
        }

        bool isCall;
        if (IsOneOf(Calls, name[..length]))
        {
            isCall = true;
        }
        else if (IsOneOf(Results, name[..length]))
        {
            isCall = false;
        }
        else
        {
            return TagMatch.No;
        }

        var kind = (isCall, isClosing) switch
        {
            (true, false) => TagKind.Call,
            (true, true) => TagKind.CallEnd,
            (false, false) => TagKind.Result,
            _ => TagKind.ResultEnd,
        };
        if (underscores > 0)
        {
            tag = new(kind, underscores, at, 0, 0);
            return TagMatch.Yes;
        }

        return at + length >= MaxLength ? TagMatch.No : MatchEnd(text, at + length, kind, ref tag);
    }

    /// <summary>Whether text that may be a tag is so long a beginning of a tag, and nothing else, that it cannot be meant as text.</summary>
    public static bool IsCut(ReadOnlySpan<byte> text) => text.Length >= ShortestCut && IsPlain(text);

    /// <summary>Whether text that may be a tag has neither space nor attributes.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (var value in text[1..])
        {
            if (!IsNamePart(value) && value != '/')
            {
                return false;
            }
        }

        return true;
    }

    private static TagMatch MatchEnd(ReadOnlySpan<byte> text, int from, TagKind kind, ref ProtocolTag tag)
    {
        // Between name and end stand white space and attributes only; a missing bracket before the call's JSON is forgiven.
        var rest = text[from..Math.Min(text.Length, MaxLength)];
        if (rest[0] is not ((byte)'>' or (byte)'{' or (byte)'=' or (byte)'/' or (byte)':') && !IsSpace(rest[0]))
        {
            return TagMatch.No;
        }

        var end = rest.IndexOfAny((byte)'>', (byte)'<', (byte)'{');
        if (end < 0)
        {
            return text.Length >= MaxLength ? TagMatch.No : TagMatch.Maybe;
        }

        var isOpen = rest[end] != '>';
        if (isOpen && (rest[end] == '<' || kind != TagKind.Call || rest[..end].IndexOfAnyExcept(" \t\r\n:"u8) >= 0))
        {
            return TagMatch.No;
        }

        var (start, length) = NameIn(rest[..end]);
        tag = new(kind, 0, from + end + (isOpen ? 0 : 1), length == 0 ? 0 : from + start, length);
        return TagMatch.Yes;
    }

    private static (int Start, int Length) NameIn(ReadOnlySpan<byte> attributes)
    {
        var name = attributes.IndexOf("name"u8);
        var equals =
            name >= 0 ? attributes[name..].IndexOf((byte)'=') + name
            : attributes.StartsWith("="u8) ? 0
            : -1;
        if (equals < 0 || (name >= 0 && equals < name))
        {
            return (0, 0);
        }

        var value = attributes[(equals + 1)..];
        var start = value.IndexOfAnyExcept(" \"'"u8);
        if (start < 0)
        {
            return (0, 0);
        }

        var end = value[start..].IndexOfAny(" \"'"u8);
        return (equals + 1 + start, end < 0 ? value.Length - start : end);
    }

    private static bool IsPrefix(ReadOnlySpan<char> name)
    {
        foreach (var known in Calls)
        {
            if (known.AsSpan().StartsWith(name))
            {
                return true;
            }
        }

        foreach (var known in Results)
        {
            if (known.AsSpan().StartsWith(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneOf(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var known in names)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamePart(byte value) => (value | 0x20) is >= (byte)'a' and <= (byte)'z' || value is (byte)'_' or (byte)'-';

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
