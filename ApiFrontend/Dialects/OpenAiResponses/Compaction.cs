using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>
/// Makes a long context short by cutting: the user's latest messages stay as they are, and of everything else a shortened account is kept, the latest of it. Pure.
/// </summary>
internal static class Compaction
{
    /// <summary>Most characters of the user's messages that stay.</summary>
    public const int KeptChars = 16 * 1024;

    /// <summary>Most characters of the account.</summary>
    public const int AccountChars = 8 * 1024;

    /// <summary>Most characters of one item in the account.</summary>
    private const int ItemChars = 400;

    /// <summary>The messages that stay, in order, and the account of the rest.</summary>
    public static (ImmutableArray<MessageItem> Kept, string Account) Of(ImmutableArray<Item> context)
    {
        var kept = new List<MessageItem>();
        var lines = new List<string>();
        var (left, room) = (KeptChars, AccountChars);
        foreach (var item in context.Reverse())
        {
            if (item is MessageItem { Role: MessageRole.User } message && message.Text.Length <= left)
            {
                kept.Add(message);
                left -= message.Text.Length;
            }
            else if (LineOf(item) is { } line && line.Length < room)
            {
                lines.Add(line);
                room -= line.Length + 1;
            }
        }

        kept.Reverse();
        lines.Reverse();
        return ([.. kept], string.Join('\n', lines));
    }

    private static string? LineOf(Item item) =>
        item switch
        {
            MessageItem message => $"{message.Role}: {Cut(message.Text)}",
            ToolCallItem call => $"Call of {call.Name}: {Cut(call.Arguments)}",
            ToolResultItem result => $"Result: {Cut(result.Text)}",
            _ => null,
        };

    // Never inside a surrogate pair.
    private static string Cut(string text)
    {
        if (text.Length <= ItemChars)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[ItemChars - 1]) ? ItemChars - 1 : ItemChars;
        return new StringBuilder(text, 0, length, length + 1).Append('…').ToString();
    }
}
