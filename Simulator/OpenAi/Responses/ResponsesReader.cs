using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Responses;

/// <summary>Reads the body of a request for a response, as far as the simulator understands the request.</summary>
internal static class ResponsesReader
{
    /// <summary>The provider refuses longer ids of calls.</summary>
    private const int LongestCallId = 64;

    public static CompletionRequest? Read(JsonElement body, out ApiError? error)
    {
        var fields = new FieldReader();
        var model = fields.Text(body, "model");
        if (string.IsNullOrEmpty(model))
        {
            fields.Missing("model");
        }

        foreach (var state in (string[])["previous_response_id", "conversation"])
        {
            if (FieldReader.Field(body, state) is not null)
            {
                fields.Wrong(state, "is not kept here");
            }
        }

        var messages = Messages(fields, body);
        var tools = new List<OfferedTool>();
        var builtIns = new List<string>();
        foreach (var (tool, path) in fields.List(body, "tools"))
        {
            var type = fields.Text(tool, "type", path + ".");
            if (type is "function" or "custom")
            {
                tools.Add(
                    new OfferedTool(fields.Text(tool, "name", path + ".") ?? "", type == "custom", FieldReader.Field(tool, "parameters"))
                );
            }
            else
            {
                builtIns.Add(type ?? "");
            }
        }

        var format = FieldReader.Field(body, "text") is { } text ? FieldReader.Field(text, "format") : null;
        var request = new CompletionRequest
        {
            Model = model ?? "",
            Messages = messages,
            Stream = fields.Switch(body, "stream") ?? false,
            IncludeUsage = true,
            MaxTokens = fields.Number(body, "max_output_tokens", 1),
            Tools = tools,
            BuiltIns = builtIns,
            Choice = Choice(fields, body, tools),
            ParallelCalls = fields.Switch(body, "parallel_tool_calls") ?? true,
            Format = format is { } asked ? fields.Text(asked, "type", "text.format.") ?? "text" : "text",
            Schema = format is { } schema ? FieldReader.Field(schema, "schema") : null,
            SealsReasoning = fields.List(body, "include").Any(static one => one.Element.ValueEquals("reasoning.encrypted_content")),
            Logprobs = fields.List(body, "include").Any(static one => one.Element.ValueEquals("message.output_text.logprobs")),
            TopLogprobs = fields.Number(body, "top_logprobs", 0, 20) ?? 0,
            PromptTokens = messages.Sum(static message =>
                WordCount.Of(message.Text) + (CompletionReader.ImageTokens * message.Parts.Count(static part => part.Kind == "image"))
            ),
            PromptCharacters = messages.Sum(static message => message.Text.Length),
        };
        error = fields.Problem;
        return error is null ? request : null;
    }

    private static List<RequestMessage> Messages(FieldReader fields, JsonElement body)
    {
        var messages = new List<RequestMessage>();
        if (fields.Text(body, "instructions") is { Length: > 0 } instructions)
        {
            messages.Add(new RequestMessage("developer", instructions));
        }

        if (FieldReader.Field(body, "input") is { ValueKind: JsonValueKind.String } text)
        {
            messages.Add(new RequestMessage("user", text.GetString()!));
            return messages;
        }

        foreach (var (item, path) in fields.List(body, "input"))
        {
            Add(fields, messages, item, path + ".");
        }

        if (messages.Count == 0)
        {
            fields.Missing("input");
        }

        return messages;
    }

    private static void Add(FieldReader fields, List<RequestMessage> messages, JsonElement item, string path)
    {
        var type = fields.Text(item, "type", path) ?? "message";
        var callId = fields.Text(item, "call_id", path);
        if (callId?.Length > LongestCallId)
        {
            fields.Wrong(path + "call_id", $"string too long: at most {LongestCallId} characters", "string_above_max_length");
        }

        switch (type)
        {
            case "message":
                messages.Add(Message(fields, fields.Text(item, "role", path) ?? "", item, "content", path));
                break;
            case "function_call" or "custom_tool_call":
                var call = new MadeCall(callId ?? "", fields.Text(item, "name", path) ?? "");
                messages.Add(new RequestMessage("assistant", "") { Calls = [call] });
                break;
            case "function_call_output" or "custom_tool_call_output":
                if (!messages.SelectMany(static message => message.Calls).Any(made => made.Id == callId))
                {
                    fields.Wrong(path + "call_id", "must be that of a call before");
                }

                messages.Add(Message(fields, "tool", item, "output", path) with { CallId = callId });
                break;
            case "reasoning":
                if (
                    fields.Text(item, "encrypted_content", path) is { } content
                    && !content.StartsWith(ResponseItems.Seal, StringComparison.Ordinal)
                )
                {
                    fields.Wrong(path + "encrypted_content", "was not made here", "invalid_encrypted_content");
                }

                break;
            case var other when !other.EndsWith("_call", StringComparison.Ordinal):
                fields.Wrong(path + "type", "is no type of an item");
                break;
        }
    }

    private static RequestMessage Message(FieldReader fields, string role, JsonElement item, string member, string path)
    {
        if (FieldReader.Field(item, member) is { ValueKind: JsonValueKind.String } whole)
        {
            return new RequestMessage(role, whole.GetString()!);
        }

        var text = new StringBuilder();
        var parts = new List<SentPart>();
        foreach (var (part, partPath) in fields.List(item, member, path))
        {
            switch (fields.Text(part, "type", partPath + "."))
            {
                case "input_text" or "output_text" or "text":
                    text.Append(text.Length > 0 ? "\n" : "").Append(fields.Text(part, "text", partPath + "."));
                    break;
                case "refusal":
                    text.Append(fields.Text(part, "refusal", partPath + "."));
                    break;
                case "input_image":
                    parts.Add(new SentPart("image", null, 0, fields.Text(part, "image_url", partPath + ".")));
                    break;
                case "input_file":
                    parts.Add(new SentPart("file", null, 0, fields.Text(part, "filename", partPath + ".")));
                    break;
                case "input_audio":
                    parts.Add(new SentPart("audio", null, 0, null));
                    break;
                default:
                    fields.Wrong(partPath + ".type", "is no type of a part");
                    break;
            }
        }

        return new RequestMessage(role, text.ToString()) { Parts = parts };
    }

    private static ToolChoice Choice(FieldReader fields, JsonElement body, List<OfferedTool> tools)
    {
        if (FieldReader.Field(body, "tool_choice") is not { } choice)
        {
            return ToolChoice.Auto;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() switch
            {
                "none" => ToolChoice.None,
                "required" => ToolChoice.Required,
                _ => ToolChoice.Auto,
            };
        }

        if (fields.Text(choice, "type", "tool_choice.") == "allowed_tools")
        {
            string[] names =
            [
                .. fields.List(choice, "tools", "tool_choice.").Select(one => fields.Text(one.Element, "name", one.Path + ".") ?? ""),
            ];
            return (fields.Text(choice, "mode", "tool_choice.") == "required" ? ToolChoice.Required : ToolChoice.Auto) with
            {
                Only = names,
            };
        }

        var name = fields.Text(choice, "name", "tool_choice.") ?? "";
        if (tools.All(tool => tool.Name != name))
        {
            fields.Wrong("tool_choice", $"the tool '{name}' is not among the tools");
        }

        return ToolChoice.Required with
        {
            Only = [name],
        };
    }
}
