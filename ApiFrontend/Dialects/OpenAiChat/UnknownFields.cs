using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Collects the fields that the gateway has no meaning for, so that a provider of this dialect gets them as they are. Fields that choose the model, the price, the
/// number of outputs, what the provider keeps or which stored state is used are never among them.
/// </summary>
internal static class UnknownFields
{
    private const int LargestBias = 100;

    private static ReadOnlySpan<byte> LogitBias => "logit_bias"u8;

    /// <summary>Known texts of the API that pass as they are; not unknown when unknown fields are refused.</summary>
    private static readonly byte[][] PassedTexts =
    [
        [.. "user"u8],
        [.. "safety_identifier"u8],
        [.. "prompt_cache_key"u8],
        [.. "prompt_cache_retention"u8],
    ];

    /// <summary>Known objects of the API that pass likewise.</summary>
    private static readonly byte[][] PassedObjects =
    [
        [.. "prediction"u8],
        [.. LogitBias],
    ];

    /// <summary>Known fields of the API that are ignored.</summary>
    private static readonly byte[][] Ignored =
    [
        [.. "service_tier"u8],
        [.. "moderation"u8],
    ];

    /// <summary>Fields of other servers that choose the model, the price, the number of outputs or state.</summary>
    private static readonly byte[][] Withheld =
    [
        [.. "models"u8],
        [.. "route"u8],
        [.. "provider"u8],
        [.. "providers"u8],
        [.. "plugins"u8],
        [.. "preset"u8],
        [.. "fallbacks"u8],
        [.. "best_of"u8],
        [.. "num_return_sequences"u8],
        [.. "background"u8],
        [.. "conversation"u8],
        [.. "previous_response_id"u8],
        [.. "api_key"u8],
        [.. "api_base"u8],
        [.. "base_url"u8],
        [.. "extra_headers"u8],
        [.. "extra_body"u8],
        [.. "session_id"u8],
    ];

    public static ApiError? Read(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (IsOneOf(ref json, Ignored))
        {
            json.Skip();
            return null;
        }

        var (isText, isObject) = (IsOneOf(ref json, PassedTexts), IsOneOf(ref json, PassedObjects));
        if (fields.Strict && !isText && !isObject)
        {
            return RequestErrors.Unknown(RequestErrors.Shorten(json.GetString()!));
        }

        if ((isText || isObject) && Check(json, isText) is { } wrong)
        {
            return wrong;
        }

        var isWithheld = IsOneOf(ref json, Withheld);
        var start = json.TokenStartIndex;
        json.Read();
        if (isWithheld || json.TokenType == JsonTokenType.Null)
        {
            json.Skip();
            return null;
        }

        json.Skip();
        var unknown = fields.Unknown ??= new ArrayBufferWriter<byte>(256);
        unknown.Write(unknown.WrittenCount == 0 ? "{"u8 : ","u8);
        RawJson.Copy(fields.Body, start, json.BytesConsumed, unknown);
        return null;
    }

    /// <summary>Checks a known field before it is passed on. The reader is a copy, which is at the field's name.</summary>
    private static ApiError? Check(Utf8JsonReader json, bool isText)
    {
        var isBias = json.ValueTextEquals(LogitBias);
        var name = json.GetString()!;
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != (isText ? JsonTokenType.String : JsonTokenType.StartObject))
        {
            return JsonField.WrongType(ref json, name, isText ? "a string" : "an object");
        }

        while (isBias && json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var path = ((FieldPath)name).Dot(RequestErrors.Shorten(json.GetString()!));
            json.Read();
            if (JsonField.ReadDecimal(ref json, path, -LargestBias, LargestBias, out _) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    /// <summary>The collected fields; null when there are none.</summary>
    public static RequestExtensions? Finish(in ChatFields fields) =>
        fields.Unknown is { } unknown
            ? new RequestExtensions(DialectNames.OpenAiChat, string.Concat(Encoding.UTF8.GetString(unknown.WrittenSpan), "}"))
            : null;

    private static bool IsOneOf(ref Utf8JsonReader json, byte[][] names)
    {
        foreach (var name in names)
        {
            if (json.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
