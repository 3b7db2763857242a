using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>Reads the body of a Messages request as strictly as the provider does.</summary>
internal static class MessagesReader
{
    private static readonly HashSet<string> Known =
    [
        "model",
        "messages",
        "system",
        "max_tokens",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "top_k",
        "tools",
        "tool_choice",
        "thinking",
        "metadata",
        "output_config",
        "cache_control",
        "context_management",
        "mcp_servers",
    ];

    /// <param name="body">The body.</param>
    /// <param name="counts">Whether only tokens are counted.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static CompletionRequest? Read(JsonElement body, bool counts, out ApiError? error)
    {
        var fields = new FieldReader();
        var model = fields.Text(body, "model");
        if (string.IsNullOrEmpty(model))
        {
            fields.Missing("model");
        }

        var limit = fields.Number(body, "max_tokens", 1);
        if (limit is null && !counts)
        {
            fields.Missing("max_tokens");
        }

        var messages = new BlockReader(fields).Read(body);
        var tools = Tools(fields, body);
        if (FieldReader.Field(body, "tools") is null && messages.Any(static message => message.Calls.Count > 0))
        {
            fields.Missing("tools");
        }

        var choice = FieldReader.Field(body, "tool_choice");
        var request = new CompletionRequest
        {
            Model = model ?? "",
            Messages = messages,
            Stream = fields.Switch(body, "stream") ?? false,
            MaxTokens = limit,
            Stop = [.. fields.List(body, "stop_sequences").Select(static stop => stop.Element.GetString() ?? "")],
            Tools = tools,
            Choice = Choice(fields, choice, tools),
            ParallelCalls = choice is not { } chosen || fields.Switch(chosen, "disable_parallel_tool_use") != true,
            Format = Schema(body) is null ? "text" : "json_schema",
            Schema = Schema(body),
            PromptTokens = Tokens(body, messages),
            PromptCharacters = messages.Sum(static message => message.Text.Length),
            UnknownFields = body.EnumerateObject()
                .Where(static field => !Known.Contains(field.Name))
                .ToDictionary(static field => field.Name, static field => field.Value.GetRawText()),
        };
        error = fields.Problem;
        return error is null ? request : null;
    }

    private static List<OfferedTool> Tools(FieldReader fields, JsonElement body)
    {
        var tools = new List<OfferedTool>();
        foreach (var (tool, path) in fields.List(body, "tools"))
        {
            var isServers = FieldReader.Field(tool, "type") is { } type && type.GetString() != "custom";
            var name = fields.Text(tool, "name", path + ".");
            var schema = FieldReader.Field(tool, "input_schema");
            if (name is null || (schema is null && !isServers))
            {
                fields.Missing(path + (name is null ? ".name" : ".input_schema"));
                continue;
            }

            if (schema is { } given && FieldReader.Field(given, "type") is null)
            {
                fields.Missing(path + ".input_schema.type");
            }

            if (!isServers)
            {
                tools.Add(new OfferedTool(name, false, schema));
            }
        }

        return tools;
    }

    private static ToolChoice Choice(FieldReader fields, JsonElement? choice, List<OfferedTool> tools)
    {
        if (choice is not { } chosen)
        {
            return ToolChoice.Auto;
        }

        switch (fields.Text(chosen, "type", "tool_choice."))
        {
            case "auto":
                return ToolChoice.Auto;
            case "none":
                return ToolChoice.None;
            case "any":
                return ToolChoice.Required;
            case "tool" when fields.Text(chosen, "name", "tool_choice.") is { } name && tools.Exists(tool => tool.Name == name):
                return ToolChoice.Required with { Only = [name] };
            default:
                fields.Wrong("tool_choice", "must be auto, any, none, or a tool of the request");
                return ToolChoice.None;
        }
    }

    private static JsonElement? Schema(JsonElement body) =>
        FieldReader.Field(body, "output_config") is { } config && FieldReader.Field(config, "format") is { } format
            ? FieldReader.Field(format, "schema")
            : null;

    private static int Tokens(JsonElement body, IReadOnlyList<RequestMessage> messages)
    {
        var tokens = messages.Sum(static message =>
            WordCount.Of(message.Text) + (CompletionReader.ImageTokens * message.Parts.Count(static part => part.Kind == "image"))
        );
        foreach (var name in (string[])["tools", "output_config"])
        {
            tokens += FieldReader.Field(body, name) is { } value ? WordCount.Of(value.GetRawText()) : 0;
        }

        return tokens;
    }
}
