using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Prompt tokens of a turn, as OpenAI bills chat messages (OpenAI's cookbook, "How to count tokens with tiktoken"): the content, the role and the name of each
/// message, 3 for each message, 1 more for a name, and 3 that prime the reply. Tool calls count by their name and arguments; tools, instructions and a format
/// count as the text that the provider puts before the messages. Images, files and audio are estimates.
/// </summary>
public static class PromptTokens
{
    private const int PerMessage = 3;
    private const int PerName = 1;
    private const int PerReply = 3;

    // Each of system, user, assistant and tool is one token.
    private const int PerRole = 1;
    private const int PerTool = 8;

    // OpenAI's figures for an image: 85 at low detail; 765 for an image of 1,024 x 1,024 at high detail.
    private const int LowDetailImage = 85;
    private const int HighDetailImage = 765;

    // A token of extracted text has about four characters; base64 makes four characters of three bytes.
    private const int CharactersPerToken = 4;

    /// <summary>Tokens of a turn with this context.</summary>
    /// <param name="counter">Counts text.</param>
    /// <param name="request">The turn.</param>
    /// <param name="context">Its context.</param>
    /// <param name="most">Counting stops soon after there are more: a prompt that is refused costs no more than a prompt that just fits.</param>
    public static int CountPrompt(this TokenCounter counter, TurnRequest request, ReadOnlySpan<Item> context, int most = int.MaxValue) =>
        counter.CountPrompt(request, context, null, most);

    /// <summary>Tokens of a turn with this context, the items counted by another.</summary>
    /// <param name="counter">Counts text.</param>
    /// <param name="request">The turn.</param>
    /// <param name="context">The context.</param>
    /// <param name="countItem">As <see cref="CountItem"/>.</param>
    public static int CountPrompt(
        this TokenCounter counter,
        TurnRequest request,
        ReadOnlySpan<Item> context,
        Func<Item, Item?, int> countItem
    ) => counter.CountPrompt(request, context, countItem, int.MaxValue);

    private static int CountPrompt(
        this TokenCounter counter,
        TurnRequest request,
        ReadOnlySpan<Item> context,
        Func<Item, Item?, int>? countItem,
        int most
    )
    {
        var total = (long)PerReply;
        if (request.Instructions is { Length: > 0 } instructions)
        {
            total += PerMessage + PerRole + counter.Count(instructions, most);
        }

        total += counter.CountTools(request, most - total);
        total += counter.Count(request.Format?.Schema ?? "", most);
        for (var i = 0; i < context.Length && total <= most; i++)
        {
            var before = i == 0 ? null : context[i - 1];
            total += countItem?.Invoke(context[i], before) ?? counter.CountItem(context[i], before, most - total);
        }

        return (int)Math.Min(int.MaxValue, total);
    }

    /// <summary>Tokens that the definitions of a turn's tools take in its prompt; 0 without tools.</summary>
    /// <param name="counter">Counts text.</param>
    /// <param name="request">The turn.</param>
    /// <param name="most">Counting stops soon after there are more.</param>
    public static int CountTools(this TokenCounter counter, TurnRequest request, long most = int.MaxValue)
    {
        var total = 0L;
        foreach (var tool in request.Tools)
        {
            if (total > most)
            {
                break;
            }

            total +=
                PerTool
                + counter.Count(tool.Name)
                + counter.Count(tool.Description ?? "", most)
                + counter.Count(tool.Parameters ?? "", most);
        }

        return (int)Math.Min(int.MaxValue, total);
    }

    /// <summary>One item's part of the prompt, its framing included.</summary>
    /// <param name="counter">Counts text.</param>
    /// <param name="item">The item.</param>
    /// <param name="before">The item before; a tool call belongs to the assistant's message before the call.</param>
    /// <param name="most">Counting stops soon after there are more.</param>
    public static int CountItem(this TokenCounter counter, Item item, Item? before, long most = long.MaxValue) =>
        item switch
        {
            MessageItem message => PerMessage
                + PerRole
                + counter.CountParts(message.Parts.AsSpan(), most)
                + counter.CountName(message.Name),
            ToolCallItem call => (before is ToolCallItem or MessageItem { Role: MessageRole.Assistant } ? 0 : PerMessage + PerRole)
                + counter.Count(call.Name)
                + counter.Count(call.Arguments, most),
            ToolResultItem result => PerMessage
                + PerRole
                + counter.CountParts(result.Parts.AsSpan(), most)
                + counter.CountName(result.Name),
            ReasoningItem reasoning => counter.Count(reasoning.Text, most) + (reasoning.Encrypted?.Length ?? 0) / CharactersPerToken,
            OpaqueItem opaque when !DialectNames.AreMarks(opaque.Dialect) => counter.Count(opaque.Json, most),
            _ => 0,
        };

    /// <summary>Content tokens of the last item, without framing: what a continued upstream conversation is sent.</summary>
    public static int CountLast(this TokenCounter counter, ReadOnlySpan<Item> context) =>
        context is [.., var last]
            ? last switch
            {
                MessageItem message => counter.CountParts(message.Parts.AsSpan()),
                ToolResultItem result => counter.CountParts(result.Parts.AsSpan()),
                _ => counter.CountItem(last, null),
            }
            : 0;

    private static int CountName(this TokenCounter counter, string? name) => name is { Length: > 0 } ? PerName + counter.Count(name) : 0;

    private static int CountParts(this TokenCounter counter, ReadOnlySpan<Part> parts, long most = long.MaxValue)
    {
        var total = 0;
        foreach (var part in parts)
        {
            if (total > most)
            {
                break;
            }

            total += part switch
            {
                TextPart text => counter.Count(text.Text, most - total),
                RefusalPart refusal => counter.Count(refusal.Text, most - total),
                ImagePart image => image.Detail == "low" ? LowDetailImage : HighDetailImage,
                FilePart file => (file.Data?.Length ?? 0) / CharactersPerToken,
                AudioPart audio => audio.Data.Length / CharactersPerToken / 100,
                OpaquePart opaque when !DialectNames.AreMarks(opaque.Dialect) => counter.Count(opaque.Json, most - total),
                _ => 0,
            };
        }

        return total;
    }
}
