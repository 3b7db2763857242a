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
internal sealed class MessageListReader(BodyChecks checks)
{
    private readonly BlockReader _blocks = new(checks);
    private readonly ImmutableArray<Item>.Builder _items = ImmutableArray.CreateBuilder<Item>(4);

    /// <summary>The items; meaningless once there is a problem.</summary>
    public ImmutableArray<Item> Read(JsonElement root)
    {
        if (BodyChecks.TryGet(root, "system", out var system))
        {
            AddMessage(MessageRole.System, _blocks.Parts(system, "system"));
        }

        if (!checks.TryArray(root, "messages", "messages", "objects", out var messages))
        {
            checks.Add(RequestErrors.Missing("messages"));
            return [];
        }

        var index = 0;
        var isLastEmptyUser = false;
        foreach (var message in messages.EnumerateArray())
        {
            var path = ((FieldPath)"messages").At(index++);
            if (checks.Is(message, JsonValueKind.Object, path, "an object"))
            {
                isLastEmptyUser = !ReadMessage(message, path);
            }
        }

        if (index == 0)
        {
            checks.Add(RequestErrors.EmptyArray("messages"));
        }
        else if (isLastEmptyUser)
        {
            checks.Add(RequestErrors.Empty(((FieldPath)"messages").At(index - 1).Dot("content").ToString()));
        }

        return _items.DrainToImmutable();
    }

    /// <summary>False for a message of the user that says nothing.</summary>
    private bool ReadMessage(JsonElement message, FieldPath path)
    {
        var role = checks.NeededText(message, "role", path.Dot("role"));
        if (!BodyChecks.TryGet(message, "content", out var content))
        {
            checks.Add(RequestErrors.Missing(path.Dot("content").ToString()));
            return true;
        }

        var before = _items.Count;
        switch (role)
        {
            case "user":
                ReadUser(content, path.Dot("content"));
                return _items.Count > before;
            case "assistant":
                _blocks.Assistant(content, path.Dot("content"), _items);
                return true;
            case "system":
                AddMessage(MessageRole.System, _blocks.Parts(content, path.Dot("content")));
                return true;
            default:
                checks.Add(RequestErrors.InvalidValue(path.Dot("role").ToString(), role, "'user' and 'assistant'"));
                return true;
        }
    }

    private void ReadUser(JsonElement content, FieldPath path)
    {
        var parts = _blocks.User(content, path, _items);
        AddMessage(MessageRole.User, parts);
    }

    private void AddMessage(MessageRole role, ImmutableArray<Part> parts)
    {
        if (!parts.IsEmpty)
        {
            _items.Add(new MessageItem(role, parts));
        }
    }
}
