using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.OpenAi.Requests;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>Reads <c>system</c> and <c>messages</c>. Results of tools become messages of the role <c>tool</c>, as the other face has them.</summary>
internal sealed class BlockReader(FieldReader fields)
{
    /// <summary>What the signature of every thought begins with.</summary>
    public const string Signature = "sim-signature-";

    private readonly List<RequestMessage> _messages = [];
    private readonly HashSet<string> _open = [];

    public IReadOnlyList<RequestMessage> Read(JsonElement body)
    {
        if (FieldReader.Field(body, "system") is { } system)
        {
            ReadMessage("system", system, "system", _messages);
        }

        if (FieldReader.Field(body, "messages") is null)
        {
            fields.Missing("messages");
        }

        var isFirst = true;
        foreach (var (message, path) in fields.List(body, "messages"))
        {
            var role = fields.Text(message, "role", path + ".");
            if (role is not ("user" or "assistant") || (isFirst && role != "user"))
            {
                fields.Wrong(path + ".role", "must be user or assistant, and user in the first message");
            }

            isFirst = false;
            if (FieldReader.Field(message, "content") is { } content)
            {
                ReadMessage(role ?? "", content, path + ".content", _messages);
            }
            else
            {
                fields.Missing(path + ".content");
            }
        }

        if (isFirst)
        {
            fields.Wrong("messages", "must have at least one message");
        }

        if (_open.Count > 0)
        {
            fields.Wrong("messages", $"the calls {string.Join(", ", _open)} have no result");
        }

        if (_messages is [.., { Role: "assistant", Text: [.., var end] }] && char.IsWhiteSpace(end))
        {
            fields.Wrong("messages", "final assistant content cannot end with trailing whitespace");
        }

        return _messages;
    }

    private void ReadMessage(string role, JsonElement content, string path, List<RequestMessage> messages)
    {
        var text = new StringBuilder();
        var parts = new List<SentPart>();
        var calls = new List<MadeCall>();
        if (content.ValueKind == JsonValueKind.String)
        {
            Add(text, content.GetString()!, path);
        }
        else
        {
            var index = 0;
            foreach (var block in content.EnumerateArray())
            {
                ReadBlock(role, block, $"{path}[{index++}]", text, parts, calls, messages);
            }
        }

        if (role == "user" && _open.Count > 0)
        {
            fields.Wrong(path, $"the calls {string.Join(", ", _open)} need their results in the next message");
        }

        foreach (var call in calls)
        {
            _open.Add(call.Id);
        }

        if (text.Length > 0 || parts.Count > 0 || calls.Count > 0 || role != "user")
        {
            messages.Add(new RequestMessage(role, text.ToString()) { Parts = parts, Calls = calls });
        }
    }

    private void ReadBlock(
        string role,
        JsonElement block,
        string path,
        StringBuilder text,
        List<SentPart> parts,
        List<MadeCall> calls,
        List<RequestMessage> messages
    )
    {
        switch (fields.Text(block, "type", path + "."))
        {
            case "text":
                Add(text, fields.Text(block, "text", path + ".") ?? "", path);
                break;
            case "image" or "document":
                ReadSource(block, path, text, parts);
                break;
            case "tool_use" when role == "assistant":
                ReadCall(block, path, calls);
                break;
            case "tool_result" when role == "user":
                if (text.Length > 0)
                {
                    fields.Wrong(path, "results of tools come first in their message");
                }

                ReadResult(block, path, messages);
                break;
            case "thinking" when role == "assistant":
                if (fields.Text(block, "signature", path + ".")?.StartsWith(Signature, StringComparison.Ordinal) != true)
                {
                    fields.Wrong(path, "the signature of the thought is not valid");
                }

                break;
            case null:
                fields.Missing(path + ".type");
                break;
            case "tool_use" or "tool_result" or "thinking":
                fields.Wrong(path, "has no place in a message of this role");
                break;
        }
    }

    private void ReadCall(JsonElement block, string path, List<MadeCall> calls)
    {
        var (id, name) = (fields.Text(block, "id", path + "."), fields.Text(block, "name", path + "."));
        if (string.IsNullOrEmpty(id) || id.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')))
        {
            fields.Wrong(path + ".id", "must be letters, digits, _ and -");
        }

        if (FieldReader.Field(block, "input") is not { ValueKind: JsonValueKind.Object })
        {
            fields.Wrong(path + ".input", "must be an object");
        }

        calls.Add(new MadeCall(id ?? "", name ?? ""));
    }

    private void ReadResult(JsonElement block, string path, List<RequestMessage> messages)
    {
        var id = fields.Text(block, "tool_use_id", path + ".") ?? "";
        if (!_open.Remove(id))
        {
            fields.Wrong(path + ".tool_use_id", "must name a call of the message before");
        }

        var inner = new List<RequestMessage>();
        if (FieldReader.Field(block, "content") is { } content)
        {
            var open = _open.ToList();
            _open.Clear();
            ReadMessage("tool", content, path + ".content", inner);
            open.ForEach(one => _open.Add(one));
        }

        var result = inner.Count > 0 ? inner[0] : new RequestMessage("tool", "");
        var isError = fields.Switch(block, "is_error", path + ".") == true;
        messages.Add(new RequestMessage("tool", (isError ? "error: " : "") + result.Text) { Parts = result.Parts, CallId = id });
    }

    private void ReadSource(JsonElement block, string path, StringBuilder text, List<SentPart> parts)
    {
        var kind = fields.Text(block, "type") == "image" ? "image" : "file";
        if (FieldReader.Field(block, "source") is not { } source)
        {
            fields.Missing(path + ".source");
            return;
        }

        switch (fields.Text(source, "type", path + ".source."))
        {
            case "base64":
                var data = fields.Text(source, "data", path + ".source.") ?? "";
                parts.Add(
                    new SentPart(kind, fields.Text(source, "media_type"), data.TrimEnd('=').Length * 3 / 4, fields.Text(block, "title"))
                );
                break;
            case "url":
                parts.Add(new SentPart(kind, null, 0, fields.Text(source, "url")));
                break;
            case "text":
                Add(text, fields.Text(source, "data") ?? "", path);
                parts.Add(new SentPart(kind, "text/plain", 0, fields.Text(block, "title")));
                break;
            default:
                fields.Wrong(path + ".source.type", "must be base64, url or text");
                break;
        }
    }

    private void Add(StringBuilder text, string more, string path)
    {
        if (string.IsNullOrWhiteSpace(more))
        {
            fields.Wrong(path, "text must have more than white space");
        }

        text.Append(text.Length > 0 ? "\n" : "").Append(more);
    }
}
