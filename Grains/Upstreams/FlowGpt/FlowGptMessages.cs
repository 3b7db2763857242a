using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// Maps items to what the service knows: a system text, turns of user and assistant, and one question. Pure.
/// <list type="bullet">
/// <item>The last item is the question, whoever speaks (user, tool or system), and is sent nowhere else.</item>
/// <item>If the assistant spoke last, its text is an earlier turn and the question is <see cref="ContinueQuestion"/>: the reply then goes on.</item>
/// <item>The other system messages are joined by blank lines, in order.</item>
/// <item>Tool calls and their results become text, in the tags that open models are trained on; a result is a user turn.</item>
/// <item>A name stands before the text: <c>name: text</c>.</item>
/// <item>Earlier turns without any text are left out: they say nothing and a backend may refuse them.</item>
/// </list>
/// </summary>
internal static class FlowGptMessages
{
    /// <summary>Asked when the assistant spoke last.</summary>
    public const string ContinueQuestion = "Continue.";

    private const string System = "system";
    private const string User = "user";
    private const string Assistant = "assistant";

    /// <summary>Maps a context with its new item last. An empty context is a defect of the caller.</summary>
    /// <param name="instructions">Comes before every system message; null for none.</param>
    /// <param name="items">The context.</param>
    public static FlowGptContext Map(string? instructions, ReadOnlySpan<Item> items)
    {
        ArgumentOutOfRangeException.ThrowIfZero(items.Length, nameof(items));
        var turns = new List<FlowGptTurn>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            AddTurn(turns, items, i);
        }

        var isContinuation = items[^1] is ToolCallItem or MessageItem { Role: MessageRole.Assistant };
        var question = isContinuation ? ContinueQuestion : turns[^1].Content;
        var system = string.IsNullOrEmpty(instructions) ? null : instructions;
        var earlier = new List<FlowGptTurn>(turns.Count);
        foreach (var turn in isContinuation ? turns : turns.Take(turns.Count - 1))
        {
            if (turn.Content.Length == 0)
            {
                continue;
            }

            if (turn.Role == System)
            {
                system = system is null ? turn.Content : $"{system}\n\n{turn.Content}";
            }
            else
            {
                earlier.Add(turn);
            }
        }

        return new FlowGptContext(system, earlier, question, CanContinue: !isContinuation);
    }

    /// <summary>The turns with the system text as their first, for a mode that has no field for it.</summary>
    public static IEnumerable<FlowGptTurn> WithSystemFirst(FlowGptContext context) =>
        context.System is { } system ? context.Earlier.Prepend(new FlowGptTurn(System, system)) : context.Earlier;

    private static void AddTurn(List<FlowGptTurn> turns, ReadOnlySpan<Item> items, int index)
    {
        switch (items[index])
        {
            case MessageItem message:
                turns.Add(new(RoleOf(message.Role), Named(message)));
                break;
            case ToolCallItem call when index > 0 && items[index - 1] is ToolCallItem or MessageItem { Role: MessageRole.Assistant }:
                // The call belongs to the assistant's turn that has just begun.
                var text = turns[^1].Content;
                turns[^1] = new(Assistant, text.Length == 0 ? TextOf(call) : $"{text}\n{TextOf(call)}");
                break;
            case ToolCallItem call:
                turns.Add(new(Assistant, TextOf(call)));
                break;
            case ToolResultItem result:
                turns.Add(new(User, ToolResult(result, NameOfCall(items, index))));
                break;
            default:
                // Reasoning and what only another dialect knows says nothing to this model.
                turns.Add(new(Assistant, ""));
                break;
        }
    }

    private static string RoleOf(MessageRole role) =>
        role switch
        {
            MessageRole.Assistant => Assistant,
            MessageRole.User => User,
            _ => System,
        };

    private static string Named(MessageItem message)
    {
        var text = message.Text;
        return message.Name is { Length: > 0 } name && text.Length > 0 ? $"{name}: {text}" : text;
    }

    // The arguments are JSON as the caller sent it; a model reads them, no parser does.
    private static string TextOf(ToolCallItem call) =>
        $"<tool_call>\n{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}\n</tool_call>";

    private static string ToolResult(ToolResultItem result, string? name)
    {
        var label = name is null ? "" : $"{name}: ";
        return $"<tool_response>\n{label}{result.Text}\n</tool_response>";
    }

    /// <summary>The function whose result this is: from the call it answers, else the name that the result itself has.</summary>
    private static string? NameOfCall(ReadOnlySpan<Item> items, int index)
    {
        var result = (ToolResultItem)items[index];
        for (var i = index - 1; i >= 0; i--)
        {
            if (items[i] is ToolCallItem call && call.CallId == result.CallId)
            {
                return call.Name;
            }
        }

        return result.Name is { Length: > 0 } name ? name : null;
    }
}
