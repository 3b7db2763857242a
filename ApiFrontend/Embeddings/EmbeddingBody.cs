using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Embeddings;

/// <summary>The body of a request for embeddings, checked.</summary>
/// <param name="Model">The model name.</param>
/// <param name="Input">The inputs as JSON text.</param>
/// <param name="Inputs">How many inputs there are.</param>
/// <param name="Dimensions">How long each vector is to be; null when not asked for.</param>
/// <param name="AsBase64">Whether vectors are sent as base64 instead of as lists of numbers.</param>
/// <param name="Extensions">Fields that the gateway does not know; null when there are none.</param>
internal sealed record EmbeddingBody(string Model, string Input, int Inputs, int? Dimensions, bool AsBase64, RequestExtensions? Extensions)
{
    private const int MostInputs = 2048;

    /// <summary>Reads a body. Null when all is well, else what is wrong.</summary>
    public static ApiError? Read(in ReadOnlySequence<byte> utf8, bool rejectUnknown, out EmbeddingBody? body) =>
        ParsedBody.ReadStrict(
            utf8,
            (root, out read) =>
            {
                (read, var error) = Read(root, rejectUnknown);
                return error;
            },
            out body
        );

    private static (EmbeddingBody?, ApiError?) Read(JsonElement root, bool rejectUnknown)
    {
        if (!root.TryGetProperty("model", out var model) || model.ValueKind == JsonValueKind.Null)
        {
            return (null, RequestErrors.Missing("model"));
        }

        if (model.ValueKind != JsonValueKind.String)
        {
            return (null, RequestErrors.InvalidType("model", "a string", Kind(model)));
        }

        if (!root.TryGetProperty("input", out var input) || input.ValueKind == JsonValueKind.Null)
        {
            return (null, RequestErrors.Missing("input"));
        }

        if (CheckInput(input) is { } badInput)
        {
            return (null, badInput);
        }

        int? dimensions = null;
        if (root.TryGetProperty("dimensions", out var length) && length.ValueKind != JsonValueKind.Null)
        {
            if (length.ValueKind != JsonValueKind.Number || !length.TryGetInt32(out var value))
            {
                return (null, RequestErrors.InvalidType("dimensions", "an integer", Kind(length)));
            }

            if (value < 1)
            {
                return (null, RequestErrors.OutOfRange("dimensions", integer: true, above: false, "1", length.GetRawText()));
            }

            dimensions = value;
        }

        var asBase64 = false;
        if (root.TryGetProperty("encoding_format", out var format) && format.ValueKind != JsonValueKind.Null)
        {
            if (format.ValueKind != JsonValueKind.String)
            {
                return (null, RequestErrors.InvalidType("encoding_format", "a string", Kind(format)));
            }

            if (format.GetString() is not ("float" or "base64"))
            {
                return (null, RequestErrors.InvalidValue("encoding_format", format.GetString()!, "'float' and 'base64'"));
            }

            asBase64 = format.ValueEquals("base64"u8);
        }

        if (root.TryGetProperty("user", out var user) && user.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
        {
            return (null, RequestErrors.InvalidType("user", "a string", Kind(user)));
        }

        var unknown = root.EnumerateObject().Where(static field => !IsKnown(field.Name)).ToArray();
        if (rejectUnknown && unknown.Length > 0)
        {
            return (null, RequestErrors.Unknown(unknown[0].Name));
        }

        var extensions = unknown.Length == 0 ? null : new RequestExtensions(DialectNames.OpenAiChat, ToJson(unknown));
        var inputs = IsOne(input) ? 1 : input.GetArrayLength();
        return (new(model.GetString()!, input.GetRawText(), inputs, dimensions, asBase64, extensions), null);
    }

    private static bool IsKnown(string name) => name is "model" or "input" or "dimensions" or "encoding_format" or "user";

    /// <summary>One text, or the token numbers of one text.</summary>
    private static bool IsOne(JsonElement input) => input.ValueKind == JsonValueKind.String || input[0].ValueKind == JsonValueKind.Number;

    private static ApiError? CheckInput(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
        {
            return CheckText(input, "input");
        }

        if (input.ValueKind != JsonValueKind.Array)
        {
            return RequestErrors.InvalidType("input", "a string or an array of strings or of tokens", Kind(input));
        }

        var length = input.GetArrayLength();
        if (length == 0)
        {
            return RequestErrors.EmptyArray("input");
        }

        var first = input[0].ValueKind;
        if (first != JsonValueKind.Number && length > MostInputs)
        {
            return RequestErrors.ArrayTooLong("input", MostInputs, length);
        }

        var index = 0;
        foreach (var item in input.EnumerateArray())
        {
            var param = $"input[{index++}]";
            var error = first switch
            {
                JsonValueKind.Number => CheckToken(item, param),
                JsonValueKind.Array => CheckTokens(item, param),
                _ => CheckText(item, param),
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static ApiError? CheckText(JsonElement text, string param) =>
        text.ValueKind != JsonValueKind.String ? RequestErrors.InvalidType(param, "a string", Kind(text))
        : text.ValueEquals(""u8) ? RequestErrors.Invalid(param, "input cannot be an empty string.")
        : null;

    private static ApiError? CheckTokens(JsonElement tokens, string param)
    {
        if (tokens.ValueKind != JsonValueKind.Array)
        {
            return RequestErrors.InvalidType(param, "an array of tokens", Kind(tokens));
        }

        return tokens.GetArrayLength() == 0
            ? RequestErrors.EmptyArray(param)
            : tokens
                .EnumerateArray()
                .Select((token, i) => CheckToken(token, $"{param}[{i}]"))
                .FirstOrDefault(static error => error is not null);
    }

    private static ApiError? CheckToken(JsonElement token, string param) =>
        token.ValueKind != JsonValueKind.Number || !token.TryGetInt32(out var number)
            ? RequestErrors.InvalidType(param, "an integer", Kind(token))
        : number < 0 ? RequestErrors.OutOfRange(param, integer: true, above: false, "0", token.GetRawText())
        : null;

    private static string ToJson(JsonProperty[] fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var field in fields)
            {
                field.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };
}
