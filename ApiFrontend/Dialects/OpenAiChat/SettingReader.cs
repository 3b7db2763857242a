using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads the fields that are neither messages nor sampling: tools, the reply's form, metadata, and what is never available here.</summary>
internal static class SettingReader
{
    public static ApiError? Read(ref Utf8JsonReader json, ref ChatFields fields, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("tools"u8))
        {
            json.Read();
            return ToolReader.ReadTools(ref json, ref fields);
        }

        if (json.ValueTextEquals("tool_choice"u8))
        {
            json.Read();
            return ToolChoiceReader.Read(ref json, out fields.ToolChoice);
        }

        if (json.ValueTextEquals("response_format"u8))
        {
            json.Read();
            return FormatReader.Read(ref json, ref fields);
        }

        if (json.ValueTextEquals("metadata"u8))
        {
            json.Read();
            fields.MetadataStart = json.TokenStartIndex;
            var error = MetadataReader.Read(ref json, fields.Strict, out fields.ConversationId);
            fields.MetadataEnd = json.BytesConsumed;
            return error;
        }

        if (json.ValueTextEquals("store"u8))
        {
            json.Read();
            return JsonField.ReadBoolean(ref json, "store", out fields.Store);
        }

        if (json.ValueTextEquals("n"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "n", 1, 128, out var n)
                ?? (n > 1 ? RequestErrors.Unsupported("n", "Only one choice a request; send the request again for another.") : null);
        }

        return ReadRare(ref json, ref fields, out read);
    }

    public static ApiError? ReadStreamOptions(ref Utf8JsonReader json, ref ChatFields fields)
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

    private static ApiError? ReadRare(ref Utf8JsonReader json, ref ChatFields fields, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("functions"u8))
        {
            json.Read();
            return ToolReader.ReadFunctions(ref json, ref fields);
        }

        if (json.ValueTextEquals("function_call"u8))
        {
            json.Read();
            return ToolChoiceReader.ReadFunctionCall(ref json, out fields.FunctionCall);
        }

        if (json.ValueTextEquals("modalities"u8))
        {
            json.Read();
            return FormatReader.ReadModalities(ref json);
        }

        if (json.ValueTextEquals("audio"u8))
        {
            json.Read();
            return RefuseUnlessNull(ref json, "audio", "Replies here are text only.");
        }

        if (json.ValueTextEquals("web_search_options"u8))
        {
            json.Read();
            return RefuseUnlessNull(ref json, "web_search_options", "There is no web search here.");
        }

        read = false;
        return null;
    }

    private static ApiError? RefuseUnlessNull(ref Utf8JsonReader json, string name, string why) =>
        json.TokenType == JsonTokenType.Null ? null : RequestErrors.Unsupported(name, why);
}
