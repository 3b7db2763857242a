using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>
/// Makes the events of a response from the blocks of a message: starts an item when its first content comes, joins deltas that came together, and ends the item with its
/// block. Text is given as UTF-8 of whole characters however the deltas cut it.
/// </summary>
/// <param name="tools">The turn's tools.</param>
/// <param name="seal">Seals the provider's signatures for the client; null for a client that gets them bare.</param>
internal sealed class MessageItems(ImmutableArray<ToolDefinition> tools, Func<string, string>? seal) : JoinedDeltas
{
    private readonly List<Block> _blocks = [];
    private int _next;
    private bool _hasContent;
    private bool _hasBrokenCall;

    /// <summary>Whether an item has started.</summary>
    public bool HasItems => _next > 0;

    /// <summary>Whether a call is whole.</summary>
    public bool HasWholeCalls { get; private set; }

    /// <summary>Whether a call has ended, or not ended with its message, whose arguments are no whole JSON object.</summary>
    public bool HasBrokenCall => _hasBrokenCall || _blocks.Exists(static block => block.Type == "tool_use");

    /// <summary>A block starts.</summary>
    /// <param name="index">Its number in the message.</param>
    /// <param name="json">The block, with the content that it has at its start.</param>
    public void Start(int index, JsonElement json)
    {
        var block = new Block(index, json);
        _blocks.Add(block);
        switch (block.Type)
        {
            case "text":
                GiveWhole(block, DeltaKind.Text, Text(json, "text"));
                break;
            case "thinking":
                GiveWhole(block, DeltaKind.Thinking, Text(json, "thinking"));
                GiveWhole(block, DeltaKind.Signature, Text(json, "signature"));
                break;
            case "tool_use":
                StartCall(block);
                break;
        }
    }

    /// <summary>More of a block, as it stands inside a JSON string.</summary>
    public void Delta(int index, DeltaKind kind, ReadOnlySpan<byte> raw, bool isEscaped)
    {
        if (Find(index) is not { } block || raw.IsEmpty)
        {
            return;
        }

        switch (kind)
        {
            case DeltaKind.Input:
                AddInput(block, raw, isEscaped);
                break;
            case DeltaKind.Signature:
                block.Decoder.Append(raw, isEscaped, block.Signature);
                break;
            default:
                Continue(kind == DeltaKind.Text ? EventKind.TextDelta : EventKind.ReasoningDelta, StartItem(block));
                block.Decoder.Append(raw, isEscaped, Held);
                break;
        }
    }

    /// <summary>A citation of a block of text, for a client of this dialect.</summary>
    public void Citation(int index, JsonElement delta)
    {
        if (Find(index) is { Type: "text" } block)
        {
            Give(EventKind.Extension, StartItem(block), Encoding.UTF8.GetBytes(OneLine(delta.GetRawText())));
        }
    }

    /// <summary>A block has ended. A call whose arguments are no JSON was cut off: its item never ends.</summary>
    public void Stop(int index)
    {
        if (Find(index) is not { } block)
        {
            return;
        }

        _blocks.Remove(block);
        switch (block.Type)
        {
            case "tool_use":
                StopCall(block);
                break;
            case "text" or "thinking":
                StopText(block);
                break;
            default:
                GiveOpaque(block);
                break;
        }
    }

    /// <summary>An event of this dialect that belongs to the whole message.</summary>
    public void Extension(ReadOnlySpan<byte> json) => Give(EventKind.Extension, Math.Max(0, _next - 1), json);

    /// <summary>The message has ended: ends texts whose end did not come, and makes an empty message where there is nothing.</summary>
    public void Complete()
    {
        foreach (var block in _blocks.Where(static block => block.Type is "text" or "thinking"))
        {
            StopText(block);
        }

        _blocks.Clear();
        if (!_hasContent)
        {
            var item = StartItem(EventKind.MessageStarted, []);
            Give(EventKind.ItemEnded, item, []);
        }
    }

    private void StartCall(Block block)
    {
        var id = Text(block.Json, "id");
        var name = Text(block.Json, "name");
        block.IsCustom = tools.Any(tool => tool.Kind == ToolKind.Custom && tool.Name == name);
        var head = new ArrayBufferWriter<byte>(64);
        new ToolCallHead(block.IsCustom ? ToolKind.Custom : ToolKind.Function, Clean(id), Clean(name)).Write(head);
        block.Item = StartItem(EventKind.ToolCallStarted, head.WrittenSpan);
    }

    private void AddInput(Block block, ReadOnlySpan<byte> raw, bool isEscaped)
    {
        var before = block.Input.WrittenCount;
        block.Decoder.Append(raw, isEscaped, block.Input);
        // The text of a tool of free text is inside the JSON, and a block that only this dialect knows is given whole.
        if (block.Item is { } item && !block.IsCustom)
        {
            Continue(EventKind.ArgumentsDelta, item);
            Held.Write(block.Input.WrittenSpan[before..]);
        }
    }

    private void StopCall(Block block)
    {
        var item = block.Item!.Value;
        var wasSilent = block.Input.WrittenCount == 0;
        if (wasSilent)
        {
            var start =
                block.Json.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object ? input.GetRawText() : "{}";
            Encoding.UTF8.GetBytes(start, block.Input);
        }

        if (CallText.Of(block.Input.WrittenSpan, block.IsCustom) is not { } arguments)
        {
            _hasBrokenCall = true;
            return;
        }

        if (wasSilent || block.IsCustom)
        {
            Continue(EventKind.ArgumentsDelta, item);
            Held.Write(arguments);
        }

        Give(EventKind.ItemEnded, item, []);
        HasWholeCalls = true;
    }

    private void StopText(Block block)
    {
        if (block.Decoder.IsInsidePair)
        {
            Continue(block.Type == "text" ? EventKind.TextDelta : EventKind.ReasoningDelta, StartItem(block));
            block.Decoder.Finish(Held);
        }

        if (block.Signature.WrittenCount > 0)
        {
            var signature = block.Signature.WrittenSpan;
            Give(
                EventKind.ReasoningSealed,
                StartItem(block),
                seal is null ? signature : Encoding.UTF8.GetBytes(seal(Encoding.UTF8.GetString(signature)))
            );
        }

        if (block.Item is { } item)
        {
            Give(EventKind.ItemEnded, item, []);
        }
    }

    private void GiveOpaque(Block block)
    {
        var payload = new ArrayBufferWriter<byte>(256);
        new OpaqueEvent(DialectNames.AnthropicMessages, OneLine(block.WithInput())).Write(payload);
        StartItem(EventKind.OpaqueItem, payload.WrittenSpan);
    }

    private void GiveWhole(Block block, DeltaKind kind, string text)
    {
        if (text.Length > 0)
        {
            Delta(block.Index, kind, Encoding.UTF8.GetBytes(text), isEscaped: false);
        }
    }

    private Block? Find(int index) => _blocks.Find(block => block.Index == index);

    private int StartItem(Block block) =>
        block.Item ??= StartItem(block.Type == "text" ? EventKind.MessageStarted : EventKind.ReasoningStarted, []);

    private int StartItem(EventKind kind, ReadOnlySpan<byte> payload)
    {
        _hasContent |= kind is EventKind.MessageStarted or EventKind.ToolCallStarted;
        var item = _next++;
        Give(kind, item, payload);
        return item;
    }

    // A line break in JSON is white space, and the client's frames have one line.
    private static string OneLine(string json) => json.ReplaceLineEndings(" ");

    // A zero byte separates the fields of a head.
    private static string Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    private static string Text(JsonElement block, string name) =>
        block.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
