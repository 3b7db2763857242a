using System.Text;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// Maps chat messages to what the service knows: a system text, turns of user and assistant, and one question. Pure.
/// <list type="bullet">
/// <item>The last message is the question, whoever speaks (user, tool or system), and is sent nowhere else.</item>
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

    /// <summary>Maps a context with its new turn last. An empty list is a defect of the caller.</summary>
    public static FlowGptContext Map(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count, nameof(messages));
        var last = messages[^1];
        var isContinuation = last.Role == ChatRole.Assistant;
        var system = default(string);
        var earlier = new List<FlowGptTurn>(messages.Count);
        for (var i = 0; i < (isContinuation ? messages.Count : messages.Count - 1); i++)
        {
            var text = TextOf(messages, i);
            if (text.Length == 0)
            {
                continue;
            }

            if (messages[i].Role == ChatRole.System)
            {
                system = system is null ? text : $"{system}\n\n{text}";
            }
            else
            {
                earlier.Add(new FlowGptTurn(messages[i].Role == ChatRole.Assistant ? Assistant : User, text));
            }
        }

        var question = isContinuation ? ContinueQuestion : TextOf(messages, messages.Count - 1);
        return new FlowGptContext(system, earlier, question, CanContinue: !isContinuation);
    }

    /// <summary>The turns with the system text as their first, for a mode that has no field for it.</summary>
    public static IEnumerable<FlowGptTurn> WithSystemFirst(FlowGptContext context) =>
        context.System is { } system ? context.Earlier.Prepend(new FlowGptTurn(System, system)) : context.Earlier;

    private static string TextOf(IReadOnlyList<ChatMessage> messages, int index)
    {
        var message = messages[index];
        return message.Role switch
        {
            ChatRole.Tool => ToolResult(message, NameOfCall(messages, index)),
            ChatRole.Assistant when !message.ToolCallsOrEmpty.IsEmpty => WithToolCalls(message),
            _ => Named(message),
        };
    }

    private static string Named(ChatMessage message) =>
        message.Name is { Length: > 0 } name && message.Content.Length > 0 ? $"{name}: {message.Content}" : message.Content;

    private static string WithToolCalls(ChatMessage message)
    {
        var text = new StringBuilder(Named(message));
        foreach (var call in message.ToolCallsOrEmpty)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            // The arguments are JSON as the caller sent it; a model reads them, no parser does.
            text.Append("<tool_call>\n{\"name\": \"")
                .Append(call.Name)
                .Append("\", \"arguments\": ")
                .Append(call.Arguments)
                .Append("}\n</tool_call>");
        }

        return text.ToString();
    }

    private static string ToolResult(ChatMessage message, string? name)
    {
        var label = name is null ? "" : $"{name}: ";
        return $"<tool_response>\n{label}{message.Content}\n</tool_response>";
    }

    /// <summary>The function whose result this is: from the call it answers, else the name that the message itself has.</summary>
    private static string? NameOfCall(IReadOnlyList<ChatMessage> messages, int index)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            foreach (var call in messages[i].ToolCallsOrEmpty)
            {
                if (call.Id == messages[index].ToolCallId)
                {
                    return call.Name;
                }
            }
        }

        return messages[index].Name is { Length: > 0 } name ? name : null;
    }
}
