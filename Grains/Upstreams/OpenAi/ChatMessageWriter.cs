using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Writes items as messages. What one assistant turn said and called is one message, since a server wants the results right after the message that has their calls; a call
/// without a result gets one that says so.
/// </summary>
internal sealed class ChatMessageWriter(Utf8JsonWriter json, OpenAiPool pool, UpstreamCall call)
{
    /// <summary>A target's option: the field in which the server wants to see earlier reasoning again, such as <c>reasoning_content</c>.</summary>
    public const string ReasoningFieldOption = "reasoningField";

    private readonly ChatPartWriter _parts = new(json, pool);
    private readonly string? _reasoningField = call.Target.Options.GetValueOrDefault(ReasoningFieldOption);

    // The calls and the reasoning that the next assistant message gets.
    private readonly List<ToolCallItem> _calls = [];
    private readonly List<ToolCallItem> _unanswered = [];
    private string _reasoning = "";
    private MessageItem? _assistant;

    /// <summary>Writes the turn's instructions and its context.</summary>
    public void Write()
    {
        if (!string.IsNullOrEmpty(call.Turn.Instructions))
        {
            WriteMessage(MessageItem.Of(MessageRole.Developer, call.Turn.Instructions), isInstructions: true);
        }

        foreach (var item in PairedItems.Of(call.Context))
        {
            WriteItem(item);
        }

        WriteAssistant();
        Answer();
    }

    private void WriteItem(Item item)
    {
        switch (item)
        {
            case MessageItem { Role: MessageRole.Assistant } assistant:
                if (_assistant is not null)
                {
                    WriteMessage(_assistant);
                }

                _assistant = assistant;
                break;
            case ToolCallItem toolCall:
                _calls.Add(toolCall);
                break;
            case ReasoningItem reasoning:
                _reasoning += reasoning.Text;
                break;
            case MessageItem message:
                WriteAssistant();
                Answer();
                WriteMessage(message);
                break;
            case ToolResultItem result:
                WriteAssistant();
                _unanswered.RemoveAll(toolCall => Answers(result, toolCall));
                WriteResult(result);
                break;
            case OpaqueItem { Dialect: DialectNames.OpenAiChat } opaque:
                WriteAssistant();
                ChatRequestWriter.WriteRaw(json, opaque.Json, "messages");
                break;
            default:
                // Only another dialect's provider understands the item.
                break;
        }
    }

    // Calls belong to the last message of an assistant turn, so that their results follow.
    private void WriteAssistant()
    {
        if (_assistant is null && _calls.Count == 0)
        {
            _reasoning = "";
            return;
        }

        Answer();
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        if (_assistant is null || (_assistant.Parts.IsDefaultOrEmpty && _calls.Count > 0))
        {
            json.WriteNull("content"u8);
        }
        else
        {
            WriteAssistantContent(_assistant.Parts);
        }

        WriteName(_assistant?.Name);
        if (_reasoningField is not null && _reasoning.Length > 0)
        {
            json.WriteString(_reasoningField, _reasoning);
        }

        WriteCalls();
        json.WriteEndObject();
        _unanswered.AddRange(_calls.Where(static toolCall => toolCall.CallId.Length > 0));
        _assistant = null;
        _calls.Clear();
        _reasoning = "";
    }

    /// <summary>Results of the old form have no id but the function's name.</summary>
    private static bool Answers(ToolResultItem result, ToolCallItem toolCall) =>
        result.CallId.Length > 0 ? result.CallId == toolCall.CallId : result.Name == toolCall.Name;

    private void Answer()
    {
        foreach (var toolCall in _unanswered)
        {
            WriteResult(new ToolResultItem(toolCall.CallId, [new TextPart(MissingResult.Text)]));
        }

        _unanswered.Clear();
    }

    private void WriteCalls()
    {
        if (_calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var toolCall in _calls)
        {
            var isCustom = toolCall.Kind == ToolKind.Custom;
            json.WriteStartObject();
            json.WriteString("id"u8, CallIds.Short(toolCall.CallId));
            json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
            json.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
            json.WriteString("name"u8, toolCall.Name);
            json.WriteString(isCustom ? "input"u8 : "arguments"u8, toolCall.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMessage(MessageItem message, bool isInstructions = false)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, RoleOf(message.Role, isInstructions));
        if (message.Role == MessageRole.Assistant)
        {
            WriteAssistantContent(message.Parts);
        }
        else
        {
            json.WritePropertyName("content"u8);
            _parts.Write(message.Parts);
        }

        WriteName(message.Name);
        json.WriteEndObject();
    }

    private void WriteAssistantContent(ImmutableArray<Part> parts)
    {
        if (!parts.IsDefaultOrEmpty && parts.All(static part => part is RefusalPart))
        {
            json.WriteNull("content"u8);
            json.WriteString("refusal"u8, string.Concat(parts.Select(static part => ((RefusalPart)part).Text)));
            return;
        }

        json.WritePropertyName("content"u8);
        _parts.Write(parts);
    }

    private void WriteResult(ToolResultItem result)
    {
        json.WriteStartObject();
        if (result.CallId.Length == 0 && result.Name is not null)
        {
            json.WriteString("role"u8, "function"u8);
            json.WriteString("name"u8, result.Name);
        }
        else
        {
            json.WriteString("role"u8, "tool"u8);
            json.WriteString("tool_call_id"u8, CallIds.Short(result.CallId));
            WriteName(result.Name);
        }

        json.WritePropertyName("content"u8);
        _parts.Write(FailedResult.Told(result).Parts);
        json.WriteEndObject();
    }

    private void WriteName(string? name)
    {
        if (name is not null && !pool.Lacks(OpenAiQuirks.Name))
        {
            json.WriteString("name"u8, name);
        }
    }

    private ReadOnlySpan<byte> RoleOf(MessageRole role, bool isInstructions) =>
        role switch
        {
            MessageRole.User => "user"u8,
            MessageRole.Assistant => "assistant"u8,
            _ when pool.Lacks(OpenAiQuirks.SystemRole) => "user"u8,
            // Every server that has instructions at all has them as a system message.
            MessageRole.Developer when !isInstructions && !pool.Lacks(OpenAiQuirks.DeveloperRole) => "developer"u8,
            _ => "system"u8,
        };
}
