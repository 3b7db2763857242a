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
internal static class BlockReader
{
    private static readonly string[] OfText = ["type", "text"];
    private static readonly string[] OfSource = ["type", "source"];
    private static readonly string[] OfDocument = ["type", "source", "title"];
    private static readonly string[] OfCall = ["type", "id", "name", "input", "caller"];
    private static readonly string[] OfResult = ["type", "tool_use_id", "content", "is_error"];

    /// <summary>The parts of content that holds neither calls nor results.</summary>
    public static ImmutableArray<Part> Parts(RequestField content)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        foreach (var block in Blocks(content, parts))
        {
            AddPart(block, parts);
        }

        return parts.DrainToImmutable();
    }

    /// <summary>A user's content: results of calls go to <paramref name="items"/>, the parts come back.</summary>
    public static ImmutableArray<Part> User(RequestField content, ImmutableArray<Item>.Builder items, AnsweredOnce answered)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        foreach (var block in Blocks(content, parts))
        {
            if (block["type"].String() == "tool_result")
            {
                AddResult(block, items, answered);
            }
            else
            {
                AddPart(block, parts);
            }
        }

        return parts.DrainToImmutable();
    }

    /// <summary>What an assistant said, thought and called, in its order.</summary>
    public static void Assistant(RequestField content, ImmutableArray<Item>.Builder items, AnsweredOnce answered)
    {
        var parts = ImmutableArray.CreateBuilder<Part>(1);
        foreach (var block in Blocks(content, parts))
        {
            if (block["type"].String() is "text" or "image" or "document")
            {
                AddPart(block, parts);
                continue;
            }

            EndMessage(parts, items);
            AddAssistantItem(block, items, answered);
        }

        EndMessage(parts, items);
    }

    private static void AddAssistantItem(RequestField block, ImmutableArray<Item>.Builder items, AnsweredOnce answered)
    {
        switch (block["type"].String())
        {
            case "tool_use":
                var id = block["id"].Required();
                answered.Call(id);
                items.Add(new ToolCallItem(id, block["name"].Required(), block["input"].Object() ?? "{}"));
                if (BlockMark.Of(block.Value, OfCall) is { } mark)
                {
                    items.Add(new OpaqueItem(DialectNames.AnthropicMarks, mark));
                }

                break;
            case "thinking":
                var signature = block["signature"].String();
                items.Add(new ReasoningItem(block["thinking"].String() ?? "", string.IsNullOrEmpty(signature) ? null : signature));
                break;
            default:
                items.Add(new OpaqueItem(DialectNames.AnthropicMessages, block.Value.GetRawText()));
                break;
        }
    }

    private static void AddResult(RequestField block, ImmutableArray<Item>.Builder items, AnsweredOnce answered)
    {
        var parts = block["content"] is { IsGiven: true } content ? Parts(content) : [];
        if (BlockMark.Of(block.Value, OfResult) is { } mark)
        {
            parts = parts.Add(new OpaquePart(DialectNames.AnthropicResultMarks, mark));
        }

        var call = block["tool_use_id"].Required();
        if (!answered.Result(call))
        {
            block.Refuse(RequestErrors.RepeatedResult(block["tool_use_id"].Path));
        }

        items.Add(new ToolResultItem(call, parts, block["is_error"].Boolean() ?? false));
    }

    private static void AddPart(RequestField block, ImmutableArray<Part>.Builder parts)
    {
        switch (block["type"].String())
        {
            case "text":
                AddText(block, parts);
                break;
            case "image":
                parts.Add(block.Is(new ImagePart(SourceReader.Read(block)))!);
                AddMark(block, OfSource, parts);
                break;
            case "document":
                parts.Add(block.Is(new FilePart(null, SourceReader.Read(block), block["title"].String()))!);
                AddMark(block, OfDocument, parts);
                break;
            case "tool_result" or "tool_use" or "thinking":
                var type = block["type"];
                type.Refuse(RequestErrors.Invalid(type.Path, $"a block of type '{type.String()}' has no place here."));
                break;
            default:
                parts.Add(new OpaquePart(DialectNames.AnthropicMessages, block.Value.GetRawText()));
                break;
        }
    }

    private static void AddText(RequestField block, ImmutableArray<Part>.Builder parts)
    {
        var text = block["text"];
        if (!text.IsGiven)
        {
            text.RefuseMissing();
        }
        else if (text.String() is { Length: > 0 } words)
        {
            parts.Add(new TextPart(words));
            AddMark(block, OfText, parts);
        }
    }

    /// <summary>The blocks, each of which has a type. A string becomes a part at once.</summary>
    private static IEnumerable<RequestField> Blocks(RequestField content, ImmutableArray<Part>.Builder parts)
    {
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            if (content.String() is { Length: > 0 } text)
            {
                parts.Add(new TextPart(text));
            }

            yield break;
        }

        foreach (var block in content.Elements("a string or an array of blocks"))
        {
            if (block.IsObject() && block["type"].Required().Length > 0)
            {
                yield return block;
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

    private static void AddMark(RequestField block, string[] known, ImmutableArray<Part>.Builder parts)
    {
        if (BlockMark.Of(block.Value, known) is { } mark)
        {
            parts.Add(new OpaquePart(DialectNames.AnthropicMarks, mark));
        }
    }
}
