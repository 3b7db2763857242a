using System.Text;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>The beginning of a call that is written as a function's.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">Where the arguments begin; behind the brackets when these are empty.</param>
/// <param name="IsEmpty">Whether the brackets hold nothing.</param>
internal readonly record struct FunctionHead(string Tool, int Arguments, bool IsEmpty);

/// <summary>Calls as some models write them: the name of a tool, then an object, with or without brackets around the object. Pure.</summary>
internal static class FunctionForm
{
    /// <summary>Whether text that is not empty begins such a call of a tool that the model was told of.</summary>
    public static TagMatch MatchStart(ToolSet tools, ReadOnlySpan<byte> text)
    {
        var length = NameLength(text);
        if (length == 0)
        {
            return TagMatch.No;
        }

        var name = Encoding.UTF8.GetString(text[..length]);
        if (length == text.Length)
        {
            return tools.Shown.Any(tool => tool.Name.StartsWith(name, StringComparison.Ordinal)) ? TagMatch.Maybe : TagMatch.No;
        }

        if (!IsTool(tools, name))
        {
            return TagMatch.No;
        }

        var at = Skip(text, length);
        var hasBracket = at < text.Length && text[at] == '(';
        at = hasBracket ? Skip(text, at + 1) : at;
        return at == text.Length ? TagMatch.Maybe
            : text[at] == '{' || (hasBracket && text[at] == ')') ? TagMatch.Yes
            : TagMatch.No;
    }

    /// <summary>The beginning of such a call; null where none stands.</summary>
    public static FunctionHead? Head(ToolSet tools, string body, int at)
    {
        var text = Encoding.UTF8.GetBytes(body, at, body.Length - at);
        var length = NameLength(text);
        if (length == 0 || MatchStart(tools, text) != TagMatch.Yes)
        {
            return null;
        }

        // Everything up to the arguments is ASCII, so that bytes are characters.
        var next = Skip(text, length);
        next = text[next] == '(' ? Skip(text, next + 1) : next;
        var isEmpty = text[next] == ')';
        return new(body.Substring(at, length), at + next + (isEmpty ? 1 : 0), isEmpty);
    }

    /// <summary>Behind the closing bracket, if any.</summary>
    public static int End(string body, int at)
    {
        var next = at;
        while (next < body.Length && char.IsWhiteSpace(body[next]))
        {
            next++;
        }

        return next < body.Length && body[next] == ')' ? next + 1 : at;
    }

    private static bool IsTool(ToolSet tools, string name) => tools.Shown.Any(tool => tool.Name == name);

    private static int NameLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (
            length < text.Length && (char.IsAsciiLetterOrDigit((char)text[length]) || text[length] is (byte)'_' or (byte)'-' or (byte)'.')
        )
        {
            length++;
        }

        return length;
    }

    private static int Skip(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }
}
