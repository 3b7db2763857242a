using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Reads <c>input</c>: a text, or items. Ids and states of items are not demanded: many clients leave them out.</summary>
internal static class InputReader
{
    private const string Supported =
        "'message', 'function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output', 'tool_search_call', 'tool_search_output', 'reasoning' and the calls of built-in tools";

    /// <param name="input">The field.</param>
    /// <param name="open">Opens a text that was sealed for the client.</param>
    /// <param name="isNeeded">Whether the request is wrong without items: it continues nothing stored.</param>
    public static ImmutableArray<Item> Read(RequestField input, Func<string, byte[]?> open, bool isNeeded)
    {
        if (input.Value.ValueKind == JsonValueKind.String)
        {
            var text = input.String()!;
            if (text.Length == 0)
            {
                input.Refuse(RequestErrors.Empty(input.Path));
            }

            return [MessageItem.Of(MessageRole.User, text)];
        }

        if (!input.IsGiven)
        {
            if (isNeeded)
            {
                input.RefuseMissing();
            }

            return [];
        }

        var items = ReadItems(input, open);
        if (items.IsEmpty)
        {
            if (isNeeded)
            {
                input.Refuse(RequestErrors.EmptyArray(input.Path));
            }

            return items;
        }

        if (items[^1] is MessageItem { Role: MessageRole.User } last && SaysNothing(last))
        {
            input.Refuse(RequestErrors.Empty($"{input.Path}[{items.Length - 1}].content"));
        }

        return items.RemoveAll(static item => item is MessageItem message && SaysNothing(message));
    }

    /// <summary>The items of an array.</summary>
    public static ImmutableArray<Item> ReadItems(RequestField input, Func<string, byte[]?> open)
    {
        var items = ImmutableArray.CreateBuilder<Item>();
        foreach (var field in input.Elements("a string or an array of objects"))
        {
            if (field.Object() is not null && ReadItem(field, open) is { } item)
            {
                items.Add(item);
            }
        }

        return items.DrainToImmutable();
    }

    /// <summary>Whether a message is empty. Empty messages are left out; where the last message is the user's and empty, there is nothing to answer.</summary>
    private static bool SaysNothing(MessageItem message) => message.Parts.All(static part => part is TextPart { Text.Length: 0 });

    private static Item? ReadItem(RequestField item, Func<string, byte[]?> open)
    {
        var id = item["id"].String();
        var type = item["type"].String() ?? (item["role"].IsGiven ? "message" : null);
        switch (type)
        {
            case "message":
                return ReadMessage(item, id);
            case "function_call":
                var function = ToolNames.Of(item["namespace"].String(), item["name"].Required());
                return new ToolCallItem(
                    item["call_id"].Required(),
                    function,
                    LoneSurrogates.Replaced(item["arguments"].String() ?? ""),
                    ToolKind.Function,
                    id
                );
            case "custom_tool_call":
                return new ToolCallItem(
                    item["call_id"].Required(),
                    ToolNames.Of(item["namespace"].String(), item["name"].Required()),
                    item["input"].String() ?? "",
                    ToolKind.Custom,
                    id
                );
            case "function_call_output":
                return ReadOutput(item, ToolKind.Function, id);
            case "custom_tool_call_output":
                return ReadOutput(item, ToolKind.Custom, id);
            case "tool_search_call":
                return new ToolCallItem(
                    item["call_id"].Required(),
                    ToolNames.ToolSearch,
                    item["arguments"].IsGiven ? item["arguments"].Value.GetRawText() : "{}",
                    ToolKind.Function,
                    id
                );
            case "tool_search_output":
                var found = item["tools"].IsGiven ? item["tools"].Value.GetRawText() : "[]";
                return new ToolResultItem(item["call_id"].Required(), [new TextPart(found)], Name: ToolNames.ToolSearch, Id: id);
            case "reasoning":
                return ReadReasoning(item, id);
            case "compaction":
                return ReadCompaction(item["encrypted_content"], open);
            case "item_reference":
                return new OpaqueItem(DialectNames.ItemReference, "{}", item["id"].Required());
            case null:
                item["type"].RefuseMissing();
                return null;
            default:
                if (IsBuiltIn(type))
                {
                    return new OpaqueItem(DialectNames.OpenAiResponses, item.Value.GetRawText(), id);
                }

                item["type"].Refuse(RequestErrors.InvalidValue(item["type"].Path, type, Supported));
                return null;
        }
    }

    private static MessageItem ReadMessage(RequestField item, string? id)
    {
        var role = item["role"].Choice("user", "assistant", "system", "developer");
        if (!item["role"].IsGiven)
        {
            item["role"].RefuseMissing();
        }

        return new MessageItem(
            role switch
            {
                "assistant" => MessageRole.Assistant,
                "system" => MessageRole.System,
                "developer" => MessageRole.Developer,
                _ => MessageRole.User,
            },
            PartReader.Read(item["content"]),
            Id: id,
            IsIncomplete: item["status"].Value is { ValueKind: JsonValueKind.String } status && status.ValueEquals("incomplete"u8)
        );
    }

    private static ToolResultItem ReadOutput(RequestField item, ToolKind kind, string? id)
    {
        var output = item["output"];
        if (!output.IsGiven)
        {
            output.RefuseMissing();
        }

        return new ToolResultItem(
            item["call_id"].Required(),
            PartReader.Read(output),
            IsError: item["status"].String() is "incomplete" or "failed",
            Kind: kind,
            Id: id
        );
    }

    private static ReasoningItem ReadReasoning(RequestField item, string? id)
    {
        var texts = item["content"]
            .Elements()
            .Concat(item["summary"].Elements())
            .Select(static part => part["text"].String())
            .Where(static text => !string.IsNullOrEmpty(text));
        return new ReasoningItem(string.Join('\n', texts), item["encrypted_content"].String(), id);
    }

    /// <summary>The account of an earlier context that was made short.</summary>
    private static MessageItem? ReadCompaction(RequestField content, Func<string, byte[]?> open)
    {
        if (open(content.Required()) is { } account)
        {
            return MessageItem.Of(
                MessageRole.Developer,
                $"A shortened account of what was said and done before:\n{Encoding.UTF8.GetString(account)}"
            );
        }

        content.Refuse(RequestErrors.Invalid(content.Path, "it was not made by this gateway for this client; send the items themselves."));
        return null;
    }

    private static bool IsBuiltIn(string type) =>
        type.EndsWith("_call", StringComparison.Ordinal)
        || type.EndsWith("_call_output", StringComparison.Ordinal)
        || type.StartsWith("mcp_", StringComparison.Ordinal);
}
