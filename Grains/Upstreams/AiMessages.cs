using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Chat;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using AiRole = Microsoft.Extensions.AI.ChatRole;
using ChatMessage = FlowGpt.Grains.Interfaces.Chat.ChatMessage;
using ChatRole = FlowGpt.Grains.Interfaces.Chat.ChatRole;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Translates messages between this product and <c>Microsoft.Extensions.AI</c>, both ways. Pure.</summary>
internal static class AiMessages
{
    // The library's own options indent, which costs tokens.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>
    /// Our form of their messages. A message with function results becomes one tool message for each. Reasoning, usage and errors of earlier replies are
    /// left out: they are no text of the conversation.
    /// </summary>
    /// <param name="messages">The messages.</param>
    /// <param name="instructions">Becomes the first system message, if given.</param>
    /// <exception cref="NotSupportedException">A message has an image, a file or another content that is not text.</exception>
    public static List<ChatMessage> FromAi(IEnumerable<AiMessage> messages, string? instructions)
    {
        var result = new List<ChatMessage>();
        if (!string.IsNullOrEmpty(instructions))
        {
            result.Add(new ChatMessage(ChatRole.System, instructions));
        }

        foreach (var message in messages)
        {
            Add(result, message);
        }

        return result;
    }

    /// <summary>Their form of our messages.</summary>
    public static List<AiMessage> ToAi(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(ToAi)];

    private static void Add(List<ChatMessage> result, AiMessage message)
    {
        var text = new StringBuilder();
        var calls = ImmutableArray.CreateBuilder<ToolCall>();
        var results = 0;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(new ToolCall(call.CallId, call.Name, ToJson(call.Arguments)));
                    break;
                case FunctionResultContent outcome:
                    results++;
                    result.Add(new ChatMessage(ChatRole.Tool, TextOf(outcome.Result), message.AuthorName, outcome.CallId));
                    break;
                case TextReasoningContent or UsageContent or ErrorContent:
                    break;
                default:
                    throw new NotSupportedException(
                        $"The upstream takes text only; a {message.Role.Value} message has {content.GetType().Name}."
                    );
            }
        }

        if (text.Length > 0 || calls.Count > 0 || results == 0)
        {
            result.Add(new ChatMessage(RoleOf(message.Role), text.ToString(), message.AuthorName, ToolCalls: calls.ToImmutable()));
        }
    }

    private static AiMessage ToAi(ChatMessage message)
    {
        var role = message.Role switch
        {
            ChatRole.System => AiRole.System,
            ChatRole.Assistant => AiRole.Assistant,
            ChatRole.Tool => AiRole.Tool,
            _ => AiRole.User,
        };
        var result = new AiMessage(role, [.. Contents(message)]);
        result.AuthorName = message.Name;
        return result;
    }

    private static IEnumerable<AIContent> Contents(ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            yield return new FunctionResultContent(message.ToolCallId ?? "", message.Content);
            yield break;
        }

        if (message.Content.Length > 0 || message.ToolCallsOrEmpty.IsEmpty)
        {
            yield return new TextContent(message.Content);
        }

        foreach (var call in message.ToolCallsOrEmpty)
        {
            yield return FunctionCallContent.CreateFromParsedArguments(call.Arguments, call.Id, call.Name, ParseArguments);
        }
    }

    // A caller's arguments need not be an object, nor JSON; what can't be parsed travels as one argument.
    private static Dictionary<string, object?> ParseArguments(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value.Clone());
            }
        }
        catch (JsonException) { }

        return new Dictionary<string, object?> { ["arguments"] = json };
    }

    private static string ToJson(IDictionary<string, object?>? arguments) =>
        arguments is null ? "{}" : JsonSerializer.Serialize(arguments, Compact.GetTypeInfo(typeof(IDictionary<string, object?>)));

    private static string TextOf(object? result) =>
        result switch
        {
            null => "",
            string text => text,
            _ => JsonSerializer.Serialize(result, Compact.GetTypeInfo(typeof(object))),
        };

    private static ChatRole RoleOf(AiRole role) =>
        role.Value switch
        {
            "system" or "developer" => ChatRole.System,
            "assistant" => ChatRole.Assistant,
            "tool" or "function" => ChatRole.Tool,
            _ => ChatRole.User,
        };
}
