using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Reads the <c>messages</c> array into items: a message of an assistant with tool calls becomes a message and an item for each call. A message without
/// anything is left out, unless it is the last message and the user's: then there is nothing to answer.
/// </summary>
internal static class MessageReader
{
    private static readonly string[] Roles = ["system", "assistant", "user", "function", "tool", "developer"];

    public static ApiError? ReadAll(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, "messages", "an array of objects");
        }

        var items = ImmutableArray.CreateBuilder<Item>(4);
        var count = 0;
        var isLastEmptyUser = false;
        Dictionary<string, bool>? calls = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var path = ((FieldPath)"messages").At(count++);
            if (json.TokenType != JsonTokenType.StartObject)
            {
                return JsonField.WrongType(ref json, path, "an object");
            }

            var draft = new MessageDraft { Parts = [] };
            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                if (ReadMember(ref json, path, ref fields, ref draft) is { } error)
                {
                    return error;
                }
            }

            if (draft.Finish(path, items) is { } incomplete)
            {
                return incomplete;
            }

            if (Follow(in draft, path, ref calls, ref fields) is { } repeated)
            {
                return repeated;
            }

            isLastEmptyUser = draft is { Role: "user", Parts.Length: 0 };
        }

        if (count == 0)
        {
            return RequestErrors.EmptyArray("messages");
        }

        fields.Input = items.DrainToImmutable();
        return isLastEmptyUser ? RequestErrors.Empty(((FieldPath)"messages").At(count - 1).Dot("content").ToString())
            : fields.Input.IsEmpty ? RequestErrors.Empty("messages")
            : null;
    }

    /// <summary>Remembers the calls of a message, each with whether it is answered, and the first result of a call that is not among them.</summary>
    /// <returns>What is wrong with a second result of one call. Models that number their calls use an id again for a later call.</returns>
    private static ApiError? Follow(in MessageDraft draft, FieldPath path, ref Dictionary<string, bool>? calls, ref ChatFields fields)
    {
        foreach (var call in draft.ToolCalls.IsDefault ? [] : draft.ToolCalls)
        {
            (calls ??= new(StringComparer.Ordinal))[call.CallId] = false;
        }

        if (draft is not { Role: "tool", ToolCallId: { } id })
        {
            return null;
        }

        if (calls is null || !calls.TryGetValue(id, out var isAnswered))
        {
            fields.UnknownCall ??= path.Dot("tool_call_id").ToString();
            return null;
        }

        calls[id] = true;
        return isAnswered ? RequestErrors.RepeatedResult(path.Dot("tool_call_id").ToString()) : null;
    }

    private static ApiError? ReadMember(ref Utf8JsonReader json, FieldPath path, ref ChatFields fields, ref MessageDraft draft)
    {
        if (json.ValueTextEquals("role"u8))
        {
            json.Read();
            return JsonField.ReadChoice(ref json, path.Dot("role"), Roles, out draft.Role);
        }

        if (json.ValueTextEquals("content"u8))
        {
            json.Read();
            return ContentReader.Read(ref json, path.Dot("content"), out draft.Parts, ref fields.Places);
        }

        if (json.ValueTextEquals("name"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("name"), out draft.Name);
        }

        if (json.ValueTextEquals("tool_call_id"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("tool_call_id"), out draft.ToolCallId);
        }

        if (json.ValueTextEquals("tool_calls"u8))
        {
            json.Read();
            return ToolCallReader.ReadAll(ref json, path.Dot("tool_calls"), out draft.ToolCalls);
        }

        if (json.ValueTextEquals("function_call"u8))
        {
            json.Read();
            return ToolCallReader.ReadLegacy(ref json, path.Dot("function_call"), out draft.FunctionCall);
        }

        if (json.ValueTextEquals("refusal"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("refusal"), out draft.Refusal);
        }

        return ReadRest(ref json, path, in fields, ref draft);
    }

    private static ApiError? ReadRest(ref Utf8JsonReader json, FieldPath path, in ChatFields fields, ref MessageDraft draft)
    {
        if (json.ValueTextEquals("audio"u8))
        {
            json.Read();
            return json.TokenType == JsonTokenType.Null
                ? null
                : RequestErrors.Unsupported(path.Dot("audio").ToString(), "Earlier spoken replies are not kept here; send their text.");
        }

        var isReasoning = json.ValueTextEquals("reasoning_content"u8);
        if (fields.Strict && !isReasoning && !json.ValueTextEquals("annotations"u8))
        {
            return RequestErrors.Unknown(path.Dot(RequestErrors.Shorten(json.GetString()!)).ToString());
        }

        json.Read();
        if (isReasoning && json.TokenType == JsonTokenType.String)
        {
            draft.Reasoning = json.GetString();
        }

        json.Skip();
        return null;
    }
}
