using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Reads fields of the API that the upstream has no counterpart for: tuning is ignored, a change of meaning is refused.</summary>
internal static class ChatKnobReader
{
    private static readonly string[] Formats = ["text", "json_object", "json_schema"];

    private static readonly string[] Modalities = ["text", "audio"];

    /// <summary>Known fields that change nothing here and are not even looked at.</summary>
    private static readonly byte[][] Ignored =
    [
        [.. "user"u8],
        [.. "store"u8],
        [.. "service_tier"u8],
        [.. "parallel_tool_calls"u8],
        [.. "reasoning_effort"u8],
        [.. "verbosity"u8],
        [.. "prediction"u8],
        [.. "logit_bias"u8],
        [.. "safety_identifier"u8],
        [.. "prompt_cache_key"u8],
        [.. "prompt_cache_retention"u8],
        [.. "moderation"u8],
    ];

    public static ApiError? Read(ref Utf8JsonReader json, bool strict)
    {
        if (json.ValueTextEquals("top_p"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "top_p", 0, 1, out _);
        }

        if (json.ValueTextEquals("presence_penalty"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "presence_penalty", -2, 2, out _);
        }

        if (json.ValueTextEquals("frequency_penalty"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "frequency_penalty", -2, 2, out _);
        }

        if (json.ValueTextEquals("seed"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "seed", long.MinValue, long.MaxValue, out _);
        }

        if (json.ValueTextEquals("logprobs"u8))
        {
            json.Read();
            return JsonField.ReadBoolean(ref json, "logprobs", out var wanted)
                ?? (wanted is true ? RequestErrors.Unsupported("logprobs", "The upstream gives no probabilities.") : null);
        }

        if (json.ValueTextEquals("top_logprobs"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "top_logprobs", 0, 20, out var count)
                ?? (count > 0 ? RequestErrors.Unsupported("top_logprobs", "The upstream gives no probabilities.") : null);
        }

        return ReadOutputForm(ref json, out var read) ?? (read ? null : ReadRest(ref json, strict));
    }

    private static ApiError? ReadOutputForm(ref Utf8JsonReader json, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("response_format"u8))
        {
            json.Read();
            return ReadResponseFormat(ref json);
        }

        if (json.ValueTextEquals("modalities"u8))
        {
            json.Read();
            return ReadModalities(ref json);
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

    private static ApiError? ReadRest(ref Utf8JsonReader json, bool strict)
    {
        if (strict && !IsIgnored(ref json))
        {
            return RequestErrors.Unknown(RequestErrors.Shorten(json.GetString()!));
        }

        json.Skip();
        return null;
    }

    private static bool IsIgnored(ref Utf8JsonReader json)
    {
        foreach (var name in Ignored)
        {
            if (json.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static ApiError? ReadResponseFormat(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, "response_format", "an object");
        }

        var path = ((FieldPath)"response_format").Dot("type");
        string? type = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (!json.ValueTextEquals("type"u8))
            {
                json.Skip();
                continue;
            }

            json.Read();
            if (JsonField.ReadChoice(ref json, path, Formats, out type) is { } error)
            {
                return error;
            }
        }

        return type switch
        {
            "text" => null,
            null => RequestErrors.Missing(path.ToString()),
            _ => RequestErrors.Unsupported("response_format", $"Type '{type}' is not available here; ask for the form in the prompt."),
        };
    }

    private static ApiError? ReadModalities(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, "modalities", "an array of strings");
        }

        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (JsonField.ReadChoice(ref json, ((FieldPath)"modalities").At(index), Modalities, out var modality) is { } error)
            {
                return error;
            }

            if (modality == "audio")
            {
                return RequestErrors.Unsupported("modalities", "Replies here are text only.");
            }
        }

        return null;
    }

    private static ApiError? RefuseUnlessNull(ref Utf8JsonReader json, string name, string why) =>
        json.TokenType == JsonTokenType.Null ? null : RequestErrors.Unsupported(name, why);
}
