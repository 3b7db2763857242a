using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// Reads content: a string or an array of blocks. Members of a block that only this dialect knows, such as <c>cache_control</c>, follow the part or call as
/// <see cref="DialectNames.AnthropicMarks"/>; a block that only this dialect knows is opaque as a whole. Empty texts are left out.
/// </summary>
internal sealed class BlockReader(BodyChecks checks)
{
    private static readonly string[] OfText = ["type", "text"];
    private static readonly string[] OfSource = ["type", "source"];
    private static readonly string[] OfDocument = ["type", "source", "title"];
    private static readonly string[] OfCall = ["type", "id", "name", "input", "caller"];
    private static readonly string[] OfResult = ["type", "tool_use_id", "content", "is_error"];

    /// <summary>The parts of content that holds neither calls nor results.</summary>
    public ImmutableArray<Part> Parts(JsonElement content, FieldPath path)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        Each(content, path, parts, (block, type, at) => AddPart(block, type, at, parts));
        return parts.DrainToImmutable();
    }

    /// <summary>A user's content: results of calls go to <paramref name="items"/>, the parts come back.</summary>
    public ImmutableArray<Part> User(JsonElement content, FieldPath path, ImmutableArray<Item>.Builder items)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        Each(
            content,
            path,
            parts,
            (block, type, at) =>
            {
                if (type == "tool_result")
                {
                    AddResult(block, at, items);
                }
                else
                {
                    AddPart(block, type, at, parts);
                }
            }
        );
        return parts.DrainToImmutable();
    }

    /// <summary>What an assistant said, thought and called, in its order.</summary>
    public void Assistant(JsonElement content, FieldPath path, ImmutableArray<Item>.Builder items)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        Each(
            content,
            path,
            parts,
            (block, type, at) =>
            {
                if (type is "text" or "image" or "document")
                {
                    AddPart(block, type, at, parts);
                    return;
                }

                EndMessage(parts, items);
                AddAssistantItem(block, type, at, items);
            }
        );
        EndMessage(parts, items);
    }

    private void AddAssistantItem(JsonElement block, string type, FieldPath path, ImmutableArray<Item>.Builder items)
    {
        switch (type)
        {
            case "tool_use":
                var id = checks.NeededText(block, "id", path.Dot("id"));
                var name = checks.NeededText(block, "name", path.Dot("name"));
                var input = checks.TryObject(block, "input", path.Dot("input"), out var arguments) ? arguments.GetRawText() : "{}";
                items.Add(new ToolCallItem(id, name, input));
                AddMark(block, OfCall, items);
                break;
            case "thinking":
                var thought = checks.Text(block, "thinking", path.Dot("thinking")) ?? "";
                var signature = checks.Text(block, "signature", path.Dot("signature"));
                items.Add(new ReasoningItem(thought, string.IsNullOrEmpty(signature) ? null : signature));
                break;
            default:
                items.Add(new OpaqueItem(DialectNames.AnthropicMessages, block.GetRawText()));
                break;
        }
    }

    private void AddResult(JsonElement block, FieldPath path, ImmutableArray<Item>.Builder items)
    {
        var id = checks.NeededText(block, "tool_use_id", path.Dot("tool_use_id"));
        var parts = BodyChecks.TryGet(block, "content", out var content) ? Parts(content, path.Dot("content")) : [];
        if (BlockMark.Of(block, OfResult) is { } mark)
        {
            parts = parts.Add(new OpaquePart(DialectNames.AnthropicResultMarks, mark));
        }

        items.Add(new ToolResultItem(id, parts, checks.Flag(block, "is_error", path.Dot("is_error")) ?? false));
    }

    private void AddPart(JsonElement block, string type, FieldPath path, ImmutableArray<Part>.Builder parts)
    {
        switch (type)
        {
            case "text":
                if (checks.NeededText(block, "text", path.Dot("text")) is { Length: > 0 } text)
                {
                    parts.Add(new TextPart(text));
                    AddMark(block, OfText, parts);
                }

                break;
            case "image":
                parts.Add(new ImagePart(SourceReader.Read(block, path, checks)));
                AddMark(block, OfSource, parts);
                break;
            case "document":
                parts.Add(new FilePart(null, SourceReader.Read(block, path, checks), checks.Text(block, "title", path.Dot("title"))));
                AddMark(block, OfDocument, parts);
                break;
            case "tool_result" or "tool_use" or "thinking":
                checks.Add(RequestErrors.Invalid(path.Dot("type").ToString(), $"a block of type '{type}' has no place here."));
                break;
            default:
                parts.Add(new OpaquePart(DialectNames.AnthropicMessages, block.GetRawText()));
                break;
        }
    }

    private void Each(JsonElement content, FieldPath path, ImmutableArray<Part>.Builder parts, Action<JsonElement, string, FieldPath> read)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            if (content.GetString() is { Length: > 0 } text)
            {
                parts.Add(new TextPart(text));
            }

            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            checks.WrongType(path, "a string or an array of blocks", content);
            return;
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            var at = path.At(index++);
            if (checks.Is(block, JsonValueKind.Object, at, "an object"))
            {
                read(block, checks.NeededText(block, "type", at.Dot("type")), at);
            }
        }
    }

    private static void EndMessage(ImmutableArray<Part>.Builder parts, ImmutableArray<Item>.Builder items)
    {
        if (parts.Count > 0)
        {
            items.Add(new MessageItem(MessageRole.Assistant, parts.ToImmutable()));
            parts.Clear();
        }
    }

    private static void AddMark(JsonElement block, string[] known, ImmutableArray<Part>.Builder parts)
    {
        if (BlockMark.Of(block, known) is { } mark)
        {
            parts.Add(new OpaquePart(DialectNames.AnthropicMarks, mark));
        }
    }

    private static void AddMark(JsonElement block, string[] known, ImmutableArray<Item>.Builder items)
    {
        if (BlockMark.Of(block, known) is { } mark)
        {
            items.Add(new OpaqueItem(DialectNames.AnthropicMarks, mark));
        }
    }
}
