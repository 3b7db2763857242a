using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using Microsoft.Extensions.AI;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>Translates items to and from the messages of <c>Microsoft.Extensions.AI</c>. Pure.</summary>
internal static class AiMessages
{
    // The library's own options indent, which costs tokens.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>
    /// Items of their messages. Reasoning, usage and errors of earlier replies are left out: they are no text of the conversation.
    /// </summary>
    /// <param name="messages">The messages.</param>
    /// <exception cref="NotSupportedException">A message has an image, a file or another content that is not text.</exception>
    public static List<Item> FromAi(IEnumerable<ChatMessage> messages)
    {
        var result = new List<Item>();
        foreach (var message in messages)
        {
            Add(result, message);
        }

        return result;
    }

    /// <summary>Their form of items. A tool call joins the assistant's message before the call.</summary>
    /// <param name="instructions">Becomes the first system message, if given.</param>
    /// <param name="items">The items; what only another dialect knows is left out.</param>
    public static List<ChatMessage> ToAi(string? instructions, ReadOnlySpan<Item> items)
    {
        var result = new List<ChatMessage>(items.Length + 1);
        if (!string.IsNullOrEmpty(instructions))
        {
            result.Add(new(ChatRole.System, instructions));
        }

        for (var i = 0; i < items.Length; i++)
        {
            switch (items[i])
            {
                case MessageItem message:
                    result.Add(new(RoleOf(message.Role), [.. Contents(message.Parts)]) { AuthorName = message.Name });
                    break;
                case ToolCallItem call when i > 0 && items[i - 1] is ToolCallItem or MessageItem { Role: MessageRole.Assistant }:
                    result[^1].Contents.Add(ToAi(call));
                    break;
                case ToolCallItem call:
                    result.Add(new(ChatRole.Assistant, [ToAi(call)]));
                    break;
                case ToolResultItem outcome:
                    result.Add(new(ChatRole.Tool, [new FunctionResultContent(outcome.CallId, outcome.Text)]));
                    break;
            }
        }

        return result;
    }

    /// <summary>Their form of a tool; a client gets its name, its description and its schema.</summary>
    public static AITool ToAi(ToolDefinition tool)
    {
        using var schema = JsonDocument.Parse(tool.Parameters ?? "{}");
        return AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, schema.RootElement.Clone());
    }

    /// <summary>The arguments of a call as JSON text.</summary>
    public static string ToJson(IDictionary<string, object?>? arguments) =>
        arguments is null ? "{}" : JsonSerializer.Serialize(arguments, Compact.GetTypeInfo(typeof(IDictionary<string, object?>)));

    private static void Add(List<Item> result, ChatMessage message)
    {
        var text = new StringBuilder();
        var calls = new List<Item>();
        var results = 0;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(new ToolCallItem(call.CallId, call.Name, ToJson(call.Arguments)));
                    break;
                case FunctionResultContent outcome:
                    results++;
                    result.Add(new ToolResultItem(outcome.CallId, [new TextPart(TextOf(outcome.Result))], Name: message.AuthorName));
                    break;
                case TextReasoningContent or UsageContent or ErrorContent:
                    break;
                default:
                    throw new NotSupportedException(
                        $"The upstream takes text only; a {message.Role.Value} message has {content.GetType().Name}."
                    );
            }
        }

        if (text.Length > 0 || results + calls.Count == 0)
        {
            result.Add(MessageItem.Of(RoleOf(message.Role), text.ToString()) with { Name = message.AuthorName });
        }

        result.AddRange(calls);
    }

    private static IEnumerable<AIContent> Contents(ImmutableArray<Part> parts)
    {
        if (parts.IsEmpty)
        {
            yield return new TextContent("");
        }

        foreach (var part in parts)
        {
            yield return part switch
            {
                TextPart text => new TextContent(text.Text),
                RefusalPart refusal => new TextContent(refusal.Text),
                ImagePart image when image.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => new DataContent(image.Url),
                ImagePart image => new UriContent(image.Url, "image/*"),
                FilePart { Data: { } data } file when data.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => new DataContent(data)
                {
                    Name = file.Name,
                },
                AudioPart audio => new DataContent(Convert.FromBase64String(audio.Data), $"audio/{audio.Format}"),
                _ => throw new NotSupportedException($"The upstream's client does not take a part of the kind {part.GetType().Name}."),
            };
        }
    }

    private static FunctionCallContent ToAi(ToolCallItem call) =>
        FunctionCallContent.CreateFromParsedArguments(call.Arguments, call.CallId, call.Name, ParseArguments);

    // A caller's arguments need not be an object, nor JSON; what can't be parsed travels as one argument.
    private static Dictionary<string, object?> ParseArguments(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replaced(json));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                // Of members with the same name the last counts, as in most readers.
                return document
                    .RootElement.EnumerateObject()
                    .GroupBy(static member => member.Name, StringComparer.Ordinal)
                    .ToDictionary(static named => named.Key, static named => (object?)named.Last().Value.Clone());
            }
        }
        catch (JsonException) { }

        return new Dictionary<string, object?> { ["arguments"] = json };
    }

    private static string TextOf(object? result) =>
        result switch
        {
            null => "",
            string text => text,
            _ => JsonSerializer.Serialize(result, Compact.GetTypeInfo(typeof(object))),
        };

    private static ChatRole RoleOf(MessageRole role) =>
        role switch
        {
            MessageRole.Assistant => ChatRole.Assistant,
            MessageRole.User => ChatRole.User,
            _ => ChatRole.System,
        };

    private static MessageRole RoleOf(ChatRole role) =>
        role.Value switch
        {
            "system" or "developer" => MessageRole.System,
            "assistant" => MessageRole.Assistant,
            _ => MessageRole.User,
        };
}
