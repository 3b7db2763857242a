using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// What a server says of a failure. Reads the forms of OpenAI and Anthropic (<c>{"error":{…}}</c>), of servers that leave the wrapper out, put it into an array or send the
/// error as a text, and of web frameworks (<c>{"detail":…}</c>, a text or a list; <c>{"message":…}</c>). Pure.
/// </summary>
/// <param name="Message">The server's words; empty when there are none.</param>
/// <param name="Type">Such as <c>invalid_request_error</c>; empty when there is none.</param>
/// <param name="Code">Such as <c>context_length_exceeded</c>; a number's digits; empty when there is none.</param>
/// <param name="Param">The field of the request that the server names; null when there is none, or when the name has characters that no field has.</param>
internal sealed record ServerError(string Message, string Type, string Code, string? Param)
{
    public static ServerError None { get; } = new("", "", "", null);

    private const int LongestParam = 200;

    /// <summary>Complaints of a list that are read.</summary>
    private const int MostComplaints = 3;

    private static readonly string[] TypesOfRequests =
    [
        "BadRequestError",
        "BadRequest",
        "UnprocessableEntityError",
        "ValidationError",
        "validation_error",
        "INVALID_ARGUMENT",
    ];

    /// <summary>Whether the error came without the wrapper <c>{"error":{…}}</c>: a server that checks requests by itself.</summary>
    public bool IsBare { get; private init; }

    /// <summary>The code as an HTTP status, as some servers send it inside a stream; null when it is none.</summary>
    public int? Status => int.TryParse(Code, out var status) && status is >= 400 and < 600 ? status : null;

    /// <summary>Whether the server says, in its own words, that the request is at fault.</summary>
    public bool IsOfRequest => Message.Length > 0 && (IsBare || TypesOfRequests.Contains(Type, StringComparer.Ordinal));

    /// <summary>Whether the server's words hold a phrase, in any case.</summary>
    public bool Says(string phrase) => Message.Contains(phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether type or code is the word.</summary>
    public bool Is(string word) => Type == word || Code == word;

    /// <summary>Reads a failed answer's body; <see cref="None"/> when the body says nothing.</summary>
    public static ServerError Read(ReadOnlyMemory<byte> body)
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
                : !root.TryGetProperty("error", out var error) ? Of(root, isBare: true)
                : error.ValueKind switch
                {
                    JsonValueKind.Object => Of(error, isBare: false),
                    JsonValueKind.String => Of(root, isBare: true) with { Message = error.GetString()!, IsBare = true },
                    _ => Of(root, isBare: true),
                };
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    private static ServerError Of(JsonElement error, bool isBare)
    {
        var words = error.TryGetProperty("message", out var message) ? WordsOf(message) : "";
        var field = SafeParam(Text(error, "param")) ?? FieldOf(error);
        if (words.Length == 0 && error.TryGetProperty("detail", out var detail))
        {
            words = WordsOf(detail);
            field ??= FieldOf(detail);
        }

        return new(words, Text(error, "type") is { Length: > 0 } type ? type : Text(error, "status"), Text(error, "code"), field)
        {
            IsBare = isBare && words.Length > 0,
        };
    }

    /// <summary>A text as it is; the complaints of a list, each with its field.</summary>
    private static string WordsOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join("; ", value.EnumerateArray().Take(MostComplaints).Select(WordsOf)),
            JsonValueKind.Object when Text(value, "msg") is { Length: > 0 } complaint => FieldOf(value) is { } field
                ? $"{field}: {complaint}"
                : complaint,
            JsonValueKind.Object when value.TryGetProperty("detail", out var detail) => WordsOf(detail),
            JsonValueKind.Object => Text(value, "message"),
            _ => "",
        };

    /// <summary>The place that a web framework names, such as <c>["body","messages",0,"role"]</c>; null when there is none.</summary>
    private static string? FieldOf(JsonElement complaint)
    {
        if (complaint.ValueKind == JsonValueKind.Array && complaint.GetArrayLength() > 0)
        {
            return FieldOf(complaint[0]);
        }

        if (complaint.ValueKind != JsonValueKind.Object || !complaint.TryGetProperty("loc", out var place))
        {
            return null;
        }

        var steps = place.ValueKind == JsonValueKind.Array ? place.EnumerateArray().Select(static step => step.ToString()).ToList() : [];
        return SafeParam(string.Join('.', steps is ["body", ..] ? steps[1..] : steps));
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value)
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
