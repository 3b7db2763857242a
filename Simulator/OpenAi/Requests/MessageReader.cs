using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Conversations;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>Reads the messages of a chat completion request.</summary>
internal sealed class MessageReader(FieldReader fields)
{
    /// <summary>Servers refuse longer ids of calls.</summary>
    public const int LongestCallId = 40;

    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    public IReadOnlyList<RequestMessage> Read(JsonElement body)
    {
        var messages = new List<RequestMessage>();
        if (FieldReader.Field(body, "messages") is null)
        {
            fields.Missing("messages");
        }

        foreach (var (element, path) in fields.List(body, "messages"))
        {
            messages.Add(ReadOne(element, path + "."));
        }

        if (messages.Count == 0)
        {
            fields.Wrong("messages", "must have at least one message", "empty_array");
        }

        CheckCalls(messages);
        return messages;
    }

    private RequestMessage ReadOne(JsonElement element, string path)
    {
        var role = fields.Text(element, "role", path);
        if (role is null || !Roles.Contains(role))
        {
            fields.Wrong(path + "role", $"must be one of {string.Join(", ", Roles)}");
        }

        var text = new StringBuilder();
        var parts = new List<SentPart>();
        if (FieldReader.Field(element, "content") is { ValueKind: JsonValueKind.String } content)
        {
            text.Append(content.GetString());
        }
        else
        {
            foreach (var (part, partPath) in fields.List(element, "content", path))
            {
                ReadPart(part, partPath + ".", text, parts);
            }
        }

        var callId = fields.Text(element, "tool_call_id", path);
        if (role == "tool" && callId is null)
        {
            fields.Missing(path + "tool_call_id");
        }

        return new RequestMessage(role ?? "", text.ToString())
        {
            Parts = parts,
            Calls = [.. fields.List(element, "tool_calls", path).Select(call => ReadCall(call.Element, call.Path + "."))],
            CallId = callId,
        };
    }

    private MadeCall ReadCall(JsonElement call, string path)
    {
        var inner = FieldReader.Field(call, "function") ?? FieldReader.Field(call, "custom");
        var (id, name) = (fields.Text(call, "id", path), inner is { } named ? fields.Text(named, "name", path) : null);
        if (id is null || name is null)
        {
            fields.Wrong(path.TrimEnd('.'), "must have an id, and a function or custom with a name");
        }

        if (id?.Length > LongestCallId)
        {
            fields.Wrong(path + "id", $"string too long: at most {LongestCallId} characters", "string_above_max_length");
        }

        return new MadeCall(id ?? "", name ?? "");
    }

    private void ReadPart(JsonElement part, string path, StringBuilder text, List<SentPart> parts)
    {
        var type = fields.Text(part, "type", path);
        switch (type)
        {
            case "text":
                text.Append(text.Length > 0 ? "\n" : "").Append(fields.Text(part, "text", path));
                break;
            case "refusal":
                text.Append(fields.Text(part, "refusal", path));
                break;
            case "image_url" when FieldReader.Field(part, "image_url") is { } image && fields.Text(image, "url", path) is { } url:
                if (fields.Text(image, "detail", path) is not (null or "auto" or "low" or "high"))
                {
                    fields.Wrong(path + "image_url.detail", "must be auto, low or high");
                }

                parts.Add(OfAddress("image", url));
                break;
            case "input_audio" when FieldReader.Field(part, "input_audio") is { } audio:
                parts.Add(
                    new SentPart("audio", "audio/" + fields.Text(audio, "format", path), Base64Size(fields.Text(audio, "data", path)), null)
                );
                break;
            case "file" when FieldReader.Field(part, "file") is { } file:
                var data = fields.Text(file, "file_data", path);
                var name = fields.Text(file, "file_id", path) ?? fields.Text(file, "filename", path);
                parts.Add(data is null ? new SentPart("file", null, 0, name) : OfAddress("file", data) with { Reference = name });
                break;
            default:
                fields.Wrong(path + "type", "must be text, refusal, image_url, input_audio or file, with the field of that name");
                break;
        }
    }

    private static SentPart OfAddress(string kind, string address)
    {
        if (!address.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return new SentPart(kind, null, 0, address);
        }

        var comma = Math.Max(address.IndexOf(','), "data:".Length);
        return new SentPart(kind, address["data:".Length..comma].Split(';')[0], Base64Size(address[(comma + 1)..]), null);
    }

    private static int Base64Size(string? data) => data is null ? 0 : (data.TrimEnd('=').Length * 3) / 4;

    private void CheckCalls(List<RequestMessage> messages)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is { Role: "tool", CallId: { } id })
            {
                if (!open.Remove(id))
                {
                    fields.Wrong($"messages[{i}].role", "a tool message must answer a call of the assistant message before it");
                }

                continue;
            }

            if (open.Count > 0)
            {
                fields.Wrong($"messages[{i}].role", $"the calls {string.Join(", ", open)} must be answered by tool messages first");
            }

            open = [.. messages[i].Calls.Select(static call => call.Id)];
        }

        if (open.Count > 0)
        {
            fields.Wrong("messages", $"the calls {string.Join(", ", open)} must be answered by tool messages");
        }
    }
}
