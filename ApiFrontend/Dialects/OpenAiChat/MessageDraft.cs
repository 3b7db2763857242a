using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>One message while it is being read.</summary>
internal struct MessageDraft
{
    public string? Role;
    public ImmutableArray<Part> Parts;
    public string? Name;
    public string? ToolCallId;
    public string? Refusal;
    public string? Reasoning;
    public ToolCallItem? FunctionCall;
    public ImmutableArray<ToolCallItem> ToolCalls;

    /// <summary>Checks the message and appends the items that it stands for.</summary>
    public readonly ApiError? Finish(FieldPath path, ImmutableArray<Item>.Builder items)
    {
        switch (Role)
        {
            case null:
                return RequestErrors.Missing(path.Dot("role").ToString());
            case "tool":
                return ToolCallId is null
                    ? RequestErrors.Missing(path.Dot("tool_call_id").ToString())
                    : Add(items, new ToolResultItem(ToolCallId, Parts, Name: Name));
            case "function":
                return Name is null
                    ? RequestErrors.Missing(path.Dot("name").ToString())
                    : Add(items, new ToolResultItem("", Parts, Name: Name));
            case "assistant":
                AddAssistant(items);
                return null;
            default:
                AddMessage(
                    items,
                    Role switch
                    {
                        "user" => MessageRole.User,
                        "developer" => MessageRole.Developer,
                        _ => MessageRole.System,
                    },
                    Parts
                );
                return null;
        }
    }

    private readonly void AddAssistant(ImmutableArray<Item>.Builder items)
    {
        if (Reasoning is { Length: > 0 } reasoning)
        {
            items.Add(new ReasoningItem(reasoning));
        }

        AddMessage(items, MessageRole.Assistant, Parts.IsEmpty && Refusal is { Length: > 0 } refusal ? [new RefusalPart(refusal)] : Parts);
        if (ToolCalls.IsDefaultOrEmpty)
        {
            if (FunctionCall is not null)
            {
                items.Add(FunctionCall);
            }

            return;
        }

        foreach (var call in ToolCalls)
        {
            items.Add(call);
        }
    }

    private readonly void AddMessage(ImmutableArray<Item>.Builder items, MessageRole role, ImmutableArray<Part> parts)
    {
        if (!parts.IsEmpty)
        {
            items.Add(new MessageItem(role, parts, Name));
        }
    }

    private static ApiError? Add(ImmutableArray<Item>.Builder items, Item item)
    {
        items.Add(item);
        return null;
    }
}
