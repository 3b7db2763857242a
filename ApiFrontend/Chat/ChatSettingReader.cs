using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Reads the fields that tune a reply: a few are honoured, many are checked and ignored, some are refused.</summary>
internal static class ChatSettingReader
{
    private static readonly string[] ToolChoices = ["none", "auto", "required"];

    private const string NoTools = "Tools are not available here; leave it out or set 'tool_choice' to 'none'.";

    public static ApiError? Read(ref Utf8JsonReader json, bool strict, ref ChatRequestFields fields)
    {
        if (json.ValueTextEquals("max_completion_tokens"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "max_completion_tokens", 1, long.MaxValue, out fields.MaxCompletionTokens);
        }

        if (json.ValueTextEquals("max_tokens"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "max_tokens", 1, long.MaxValue, out fields.MaxTokens);
        }

        if (json.ValueTextEquals("temperature"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "temperature", 0, 2, out fields.Temperature);
        }

        if (json.ValueTextEquals("stop"u8))
        {
            json.Read();
            return StopReader.Read(ref json, out fields.Stop);
        }

        if (json.ValueTextEquals("metadata"u8))
        {
            json.Read();
            return MetadataReader.Read(ref json, out fields.ConversationId);
        }

        if (json.ValueTextEquals("n"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "n", 1, 128, out var n)
                ?? (n > 1 ? RequestErrors.Unsupported("n", "Only one choice a request; send the request again for another.") : null);
        }

        return ReadTools(ref json, ref fields, out var read) ?? (read ? null : ChatKnobReader.Read(ref json, strict));
    }

    public static ApiError? ReadStreamOptions(ref Utf8JsonReader json, ref ChatRequestFields fields)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, "stream_options", "an object");
        }

        fields.HasStreamOptions = true;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (!json.ValueTextEquals("include_usage"u8))
            {
                json.Skip();
                continue;
            }

            json.Read();
            if (JsonField.ReadBoolean(ref json, ((FieldPath)"stream_options").Dot("include_usage"), out var include) is { } error)
            {
                return error;
            }

            fields.IncludeUsage = include ?? false;
        }

        return null;
    }

    /// <summary>Tools that may be called are refused: ignoring them would change what the reply means.</summary>
    public static ApiError? CheckTools(in ChatRequestFields fields) =>
        fields.HasTools && fields.ToolChoice != "none" ? RequestErrors.Unsupported("tools", NoTools)
        : fields.HasFunctions && fields.FunctionCall != "none"
            ? RequestErrors.Unsupported("functions", NoTools.Replace("tool_choice", "function_call", StringComparison.Ordinal))
        : null;

    private static ApiError? ReadTools(ref Utf8JsonReader json, ref ChatRequestFields fields, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("tools"u8))
        {
            json.Read();
            return ReadIsFilled(ref json, "tools", out fields.HasTools);
        }

        if (json.ValueTextEquals("functions"u8))
        {
            json.Read();
            return ReadIsFilled(ref json, "functions", out fields.HasFunctions);
        }

        if (json.ValueTextEquals("tool_choice"u8))
        {
            json.Read();
            return ReadToolChoice(ref json, "tool_choice", ToolChoices, out fields.ToolChoice);
        }

        if (json.ValueTextEquals("function_call"u8))
        {
            json.Read();
            return ReadToolChoice(ref json, "function_call", ToolChoices.AsSpan(0, 2), out fields.FunctionCall);
        }

        read = false;
        return null;
    }

    private static ApiError? ReadToolChoice(ref Utf8JsonReader json, FieldPath path, ReadOnlySpan<string> choices, out string? choice)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.ReadChoice(ref json, path, choices, out choice);
        }

        choice = "named";
        json.Skip();
        return null;
    }

    private static ApiError? ReadIsFilled(ref Utf8JsonReader json, FieldPath path, out bool filled)
    {
        filled = false;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, path, "an array of objects");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            filled = true;
            json.Skip();
        }

        return null;
    }
}
