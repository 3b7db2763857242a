using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// Maps items to what the service knows: a system text, turns of user and assistant, and one question. Pure.
/// <list type="bullet">
/// <item>The last item is the question, of any role (user, tool or system), and is sent nowhere else.</item>
/// <item>If the assistant spoke last, its text is an earlier turn and the question is <see cref="ContinueQuestion"/>: the reply then goes on.</item>
/// <item>The other system messages are joined by blank lines, in order.</item>
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
        MessageItem? last = null;
        for (var i = 0; i < items.Length; i++)
        {
            // Reasoning and what only another dialect knows says nothing to this model; calls and results have become messages before (Decorators/Tools).
            if (items[i] is MessageItem message)
            {
                last = message;
                turns.Add(new(RoleOf(message.Role), Named(message)));
            }
        }

        var isContinuation = last is null or { Role: MessageRole.Assistant };
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
}
