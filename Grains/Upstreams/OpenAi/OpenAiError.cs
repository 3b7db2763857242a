using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// What a server says of a failure, for the classification alone: nothing of it reaches a client except a field's name. Reads the forms of OpenAI
/// (<c>{"error":{…}}</c>), of servers that leave the wrapper out, put it into an array, or send the error as a text. Pure.
/// </summary>
/// <param name="Message">The server's words; empty when there are none.</param>
/// <param name="Type">Such as <c>invalid_request_error</c>; empty when there is none.</param>
/// <param name="Code">Such as <c>context_length_exceeded</c>; a number's digits; empty when there is none.</param>
/// <param name="Param">The field of the request that the server names; null when there is none, or when the name has characters that no field has.</param>
internal sealed record OpenAiError(string Message, string Type, string Code, string? Param)
{
    public static OpenAiError None { get; } = new("", "", "", null);

    private const int LongestParam = 200;

    /// <summary>The code as an HTTP status, as some servers send it inside a stream; null when it is none.</summary>
    public int? Status => int.TryParse(Code, out var status) && status is >= 400 and < 600 ? status : null;

    /// <summary>Whether the server's words hold a phrase, in any case.</summary>
    public bool Says(string phrase) => Message.Contains(phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether type or code is the word.</summary>
    public bool Is(string word) => Type == word || Code == word;

    /// <summary>Reads a failed answer's body; <see cref="None"/> when the body tells nothing.</summary>
    public static OpenAiError Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(LoneSurrogates.Replaced(body));
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
            {
                root = root[0];
            }

            return root.ValueKind != JsonValueKind.Object ? None
                : root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String ? Of(error)
                : Of(root);
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    private static OpenAiError Of(JsonElement error) =>
        error.ValueKind == JsonValueKind.String
            ? None with
            {
                Message = error.GetString()!,
            }
            : new(
                Text(error, "message") is { Length: > 0 } message ? message : Text(error, "detail"),
                Text(error, "type") is { Length: > 0 } type ? type : Text(error, "status"),
                Text(error, "code"),
                SafeParam(Text(error, "param"))
            );

    private static string Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value)
            ? ""
            : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => value.GetRawText(),
                _ => "",
            };

    private static string? SafeParam(string param) =>
        param.Length is > 0 and <= LongestParam
        && param.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '[' or ']' or '-')
            ? param
            : null;
}
