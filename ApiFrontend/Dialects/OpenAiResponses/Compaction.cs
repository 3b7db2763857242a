using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>
/// Makes a long context short: the user's latest messages stay as they are, and of everything else a shortened account is kept, the latest of it. Pure.
/// </summary>
internal static class Compaction
{
    /// <summary>Most characters of the user's messages that stay.</summary>
    public const int KeptChars = 16 * 1024;

    /// <summary>Most characters of the account.</summary>
    public const int AccountChars = 8 * 1024;

    /// <summary>Most characters of one item in the account.</summary>
    private const int ItemChars = 400;

    /// <summary>Most characters of what a model is shown to write the account from.</summary>
    private const int TranscriptChars = 24 * 1024;

    /// <summary>Most characters of one item that a model is shown.</summary>
    private const int TranscriptItemChars = 2_000;

    /// <summary>The messages that stay, in order, and the account of the rest, made by cutting.</summary>
    public static (ImmutableArray<MessageItem> Kept, string Account) Of(ImmutableArray<Item> context) =>
        Of(context, ItemChars, AccountChars);

    /// <summary>The text from which a model writes a better account than the account that is made by cutting; null where cutting has left nothing out.</summary>
    /// <param name="context">The context.</param>
    /// <param name="account">The account that was made by cutting.</param>
    public static string? TranscriptOf(ImmutableArray<Item> context, string account)
    {
        var transcript = Of(context, TranscriptItemChars, TranscriptChars).Account;
        return transcript.Length > account.Length ? transcript : null;
    }

    /// <summary>A model's account, no longer than an account that is made by cutting.</summary>
    public static string Fit(string summary) => Cut(summary, AccountChars);

    private static (ImmutableArray<MessageItem> Kept, string Account) Of(ImmutableArray<Item> context, int itemChars, int accountChars)
    {
        var kept = new List<MessageItem>();
        var lines = new List<string>();
        var (left, room) = (KeptChars, accountChars);
        foreach (var item in context.Reverse())
        {
            if (item is MessageItem { Role: MessageRole.User } message && message.Text.Length <= left)
            {
                kept.Add(message);
                left -= message.Text.Length;
            }
            else if (LineOf(item, itemChars) is { } line && line.Length < room)
            {
                lines.Add(line);
                room -= line.Length + 1;
            }
        }

        kept.Reverse();
        lines.Reverse();
        return ([.. kept], string.Join('\n', lines));
    }

    private static string? LineOf(Item item, int most) =>
        item switch
        {
            MessageItem message => $"{message.Role}: {Cut(message.Text, most)}",
            ToolCallItem call => $"Call of {call.Name}: {Cut(call.Arguments, most)}",
            ToolResultItem result => $"Result: {Cut(result.Text, most)}",
            _ => null,
        };

    // Never inside a surrogate pair.
    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return new StringBuilder(text, 0, length, length + 1).Append('…').ToString();
    }
}
