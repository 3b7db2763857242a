using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>Reads the body of a chat completion request.</summary>
internal static class CompletionReader
{
    /// <summary>Tokens of one image (assumed).</summary>
    public const int ImageTokens = 85;

    /// <param name="body">The body.</param>
    /// <param name="deployment">The model that the path names, if it names one.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static CompletionRequest? Read(JsonElement body, string? deployment, out ApiError? error)
    {
        var fields = new FieldReader();
        if (body.ValueKind != JsonValueKind.Object)
        {
            error = ApiError.BadRequest("The body must be a JSON object.", null, "invalid_json");
            return null;
        }

        var model = deployment ?? fields.Text(body, "model");
        if (string.IsNullOrEmpty(model))
        {
            fields.Missing("model");
        }

        var messages = new MessageReader(fields).Read(body);
        var toolReader = new ToolReader(fields);
        var tools = toolReader.Tools(body);
        var (format, schema) = Format(fields, body);
        var stream = fields.Switch(body, "stream") ?? false;
        var options = FieldReader.Field(body, "stream_options");
        if (options is not null && !stream)
        {
            fields.Wrong("stream_options", "is only allowed when stream is true");
        }

        if (fields.Number(body, "n", 1, 128) > 1)
        {
            fields.Wrong("n", "must be 1: one reply is made", "unsupported_value");
        }

        var request = new CompletionRequest
        {
            Model = model ?? "",
            Messages = messages,
            Stream = stream,
            IncludeUsage = options is { } known && fields.Switch(known, "include_usage", "stream_options.") == true,
            MaxTokens = fields.Number(body, "max_completion_tokens", 1) ?? fields.Number(body, "max_tokens", 1),
            Stop = Stop(fields, body),
            Tools = tools,
            Choice = toolReader.Choice(body, tools),
            ParallelCalls = fields.Switch(body, "parallel_tool_calls") ?? true,
            Format = format,
            Schema = schema,
            Logprobs = fields.Switch(body, "logprobs") ?? false,
            TopLogprobs = fields.Number(body, "top_logprobs", 0, 20) ?? 0,
            PromptTokens = Tokens(body, messages),
            PromptCharacters = messages.Sum(static message => message.Text.Length),
            UnknownFields = KnownFields.OthersInChat(body),
        };
        error = fields.Problem;
        return error is null ? request : null;
    }

    private static (string Format, JsonElement? Schema) Format(FieldReader fields, JsonElement body)
    {
        if (FieldReader.Field(body, "response_format") is not { } format)
        {
            return ("text", null);
        }

        var type = fields.Text(format, "type", "response_format.");
        var schema = FieldReader.Field(format, "json_schema") is { } named ? FieldReader.Field(named, "schema") : null;
        if (type is not ("text" or "json_object" or "json_schema"))
        {
            fields.Wrong("response_format.type", "must be text, json_object or json_schema");
        }
        else if (type == "json_schema" && schema is null)
        {
            fields.Missing("response_format.json_schema.schema");
        }

        return (type ?? "text", schema);
    }

    private static string[] Stop(FieldReader fields, JsonElement body)
    {
        if (FieldReader.Field(body, "stop") is { ValueKind: JsonValueKind.String } one)
        {
            return [one.GetString()!];
        }

        string[] stops = [.. fields.List(body, "stop").Select(static stop => stop.Element.GetString() ?? "")];
        if (stops.Length > 4)
        {
            fields.Wrong("stop", "must be at most 4 strings");
        }

        return stops;
    }

    private static int Tokens(JsonElement body, IReadOnlyList<RequestMessage> messages)
    {
        var tokens = messages.Sum(static message =>
            WordCount.Of(message.Text) + (ImageTokens * message.Parts.Count(static part => part.Kind == "image"))
        );
        foreach (var name in (string[])["tools", "response_format"])
        {
            tokens += FieldReader.Field(body, name) is { } value ? WordCount.Of(value.GetRawText()) : 0;
        }

        return tokens;
    }
}
