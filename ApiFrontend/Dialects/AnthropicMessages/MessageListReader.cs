using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// Reads <c>system</c> and <c>messages</c> into items. The results of tool calls come before what else their message says, since every provider wants them right
/// after the calls.
/// </summary>
internal sealed class MessageListReader
{
    private readonly ImmutableArray<Item>.Builder _items = ImmutableArray.CreateBuilder<Item>(4);
    private readonly AnsweredOnce _answered = new();

    /// <summary>The items; meaningless once there is a problem.</summary>
    public ImmutableArray<Item> Read(RequestField root)
    {
        if (root["system"] is { IsGiven: true } system)
        {
            AddMessage(MessageRole.System, BlockReader.Parts(system));
        }

        var before = _items.Count;
        var messages = root["messages"];
        if (!messages.IsGiven)
        {
            messages.RefuseMissing();
            return [];
        }

        RequestField? lastEmptyUser = null;
        var count = 0;
        foreach (var message in messages.Elements())
        {
            count++;
            lastEmptyUser = !message.IsObject() || ReadMessage(message) ? null : message;
        }

        if (count == 0 && messages.Value.ValueKind == JsonValueKind.Array)
        {
            root.Refuse(RequestErrors.EmptyArray("messages"));
        }

        if (count > 0 && lastEmptyUser is null && _items.Count == before)
        {
            messages.Refuse(RequestErrors.Empty("messages"));
        }

        lastEmptyUser?.Refuse(RequestErrors.Empty(lastEmptyUser["content"].Path));
        return _items.DrainToImmutable();
    }

    /// <summary>False for a message of the user that says nothing.</summary>
    private bool ReadMessage(RequestField message)
    {
        var role = message["role"].Required();
        var content = message["content"];
        var before = _items.Count;
        switch (role)
        {
            case "user":
                AddMessage(MessageRole.User, BlockReader.User(content, _items, _answered));
                return _items.Count > before;
            case "assistant":
                BlockReader.Assistant(content, _items, _answered);
                return true;
            case "system":
                AddMessage(MessageRole.System, BlockReader.Parts(content));
                return true;
            default:
                message.Refuse(RequestErrors.InvalidValue(message["role"].Path, role, "'user' and 'assistant'"));
                return true;
        }
    }

    private void AddMessage(MessageRole role, ImmutableArray<Part> parts)
    {
        if (!parts.IsEmpty)
        {
            _items.Add(new MessageItem(role, parts));
        }
    }
}
