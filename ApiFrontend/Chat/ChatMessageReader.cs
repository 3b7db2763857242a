using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Reads the <c>messages</c> array.</summary>
internal static class ChatMessageReader
{
    private static readonly string[] Roles = ["system", "assistant", "user", "function", "tool", "developer"];

    public static ApiError? ReadAll(ref Utf8JsonReader json, bool strict, out ImmutableArray<ChatMessage> messages)
    {
        messages = default;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, "messages", "an array of objects");
        }

        var builder = ImmutableArray.CreateBuilder<ChatMessage>(4);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var path = ((FieldPath)"messages").At(builder.Count);
            if (ReadOne(ref json, path, strict, out var message) is { } error)
            {
                return error;
            }

            builder.Add(message!);
        }

        messages = builder.DrainToImmutable();
        return messages.IsEmpty ? RequestErrors.EmptyArray("messages") : null;
    }

    private static ApiError? ReadOne(ref Utf8JsonReader json, FieldPath path, bool strict, out ChatMessage? message)
    {
        message = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        var draft = new Draft();
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (ReadMember(ref json, path, strict, ref draft) is { } error)
            {
                return error;
            }
        }

        return Finish(path, in draft, out message);
    }

    private static ApiError? ReadMember(ref Utf8JsonReader json, FieldPath path, bool strict, ref Draft draft)
    {
        if (json.ValueTextEquals("role"u8))
        {
            json.Read();
            return JsonField.ReadChoice(ref json, path.Dot("role"), Roles, out draft.Role);
        }

        if (json.ValueTextEquals("content"u8))
        {
            json.Read();
            draft.HasContent = true;
            return ChatContentReader.Read(ref json, path.Dot("content"), out draft.Content);
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

        return ReadRest(ref json, path, strict);
    }

    private static ApiError? ReadRest(ref Utf8JsonReader json, FieldPath path, bool strict)
    {
        if (json.ValueTextEquals("audio"u8))
        {
            json.Read();
            return json.TokenType == JsonTokenType.Null
                ? null
                : RequestErrors.Unsupported(path.Dot("audio").ToString(), "Models here read text only.");
        }

        if (strict && !json.ValueTextEquals("annotations"u8))
        {
            return RequestErrors.Unknown(path.Dot(RequestErrors.Shorten(json.GetString()!)).ToString());
        }

        json.Skip();
        return null;
    }

    private static ApiError? Finish(FieldPath path, in Draft draft, out ChatMessage? message)
    {
        message = null;
        if (draft.Role is null)
        {
            return RequestErrors.Missing(path.Dot("role").ToString());
        }

        var role = draft.Role switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "tool" or "function" => ChatRole.Tool,
            _ => ChatRole.System,
        };
        if (draft.Content is null && role != ChatRole.Assistant)
        {
            return draft.HasContent
                ? RequestErrors.InvalidType(path.Dot("content").ToString(), "a string or an array of parts", "null")
                : RequestErrors.Missing(path.Dot("content").ToString());
        }

        if (draft.Role == "tool" && draft.ToolCallId is null)
        {
            return RequestErrors.Missing(path.Dot("tool_call_id").ToString());
        }

        if (draft.Role == "function" && draft.Name is null)
        {
            return RequestErrors.Missing(path.Dot("name").ToString());
        }

        var calls = draft.FunctionCall is { } legacy && draft.ToolCalls.IsDefaultOrEmpty ? [legacy] : draft.ToolCalls;
        message = new ChatMessage(role, draft.Content ?? draft.Refusal ?? "", draft.Name, draft.ToolCallId, calls);
        return null;
    }

    private struct Draft
    {
        public string? Role;
        public string? Content;
        public bool HasContent;
        public string? Name;
        public string? ToolCallId;
        public string? Refusal;
        public ToolCall? FunctionCall;
        public ImmutableArray<ToolCall> ToolCalls;
    }
}
