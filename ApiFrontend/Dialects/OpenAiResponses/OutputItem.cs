using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>What kind of item the dialect shows.</summary>
internal enum OutputKind
{
    Message,
    Reasoning,
    FunctionCall,
    CustomCall,
    ToolSearchCall,
    Opaque,
}

/// <summary>One item of the response while its events come.</summary>
internal sealed class OutputItem : IDisposable
{
    private readonly ResponseShape _shape;
    private readonly ToolCallHead _call;
    private readonly PooledBytes _text = new();
    private readonly string _opaque = "";
    private string? _sealed;

    /// <summary>An item that starts with this event.</summary>
    public OutputItem(in ResponseEvents.Event start, int outputIndex, string responseId, ResponseShape shape)
    {
        _shape = shape;
        Item = start.Item;
        OutputIndex = outputIndex;
        switch (start.Kind)
        {
            case EventKind.MessageStarted:
                Kind = OutputKind.Message;
                break;
            case EventKind.ReasoningStarted:
                Kind = OutputKind.Reasoning;
                break;
            case EventKind.OpaqueItem:
                Kind = OutputKind.Opaque;
                _opaque = OpaqueEvent.Read(start.Payload).Json;
                HasEnded = true;
                break;
            default:
                _call = ToolCallHead.Read(start.Payload);
                Kind =
                    _call.Kind == ToolKind.Custom ? OutputKind.CustomCall
                    : shape.HasToolSearch && _call.Name == ToolNames.ToolSearch ? OutputKind.ToolSearchCall
                    : OutputKind.FunctionCall;
                break;
        }

        Id = ItemIds.Of(Prefix(Kind), responseId, Item);
    }

    public OutputKind Kind { get; }

    public string Id { get; }

    /// <summary>The item's number in the log.</summary>
    public int Item { get; }

    /// <summary>The item's place in the output.</summary>
    public int OutputIndex { get; }

    /// <summary>Whether the item is whole.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The parts of a message.</summary>
    public List<OutputPart> Parts { get; } = [];

    /// <summary>The part that texts go to; null before the first.</summary>
    public OutputPart? Part => Parts.Count == 0 ? null : Parts[^1];

    /// <summary>Whether any readable reasoning has come.</summary>
    public bool HasText => _text.Length > 0;

    /// <summary>Takes more arguments of a call, or more reasoning.</summary>
    public void Append(ReadOnlySpan<byte> text) => _text.Write(text);

    /// <summary>Takes the sealed form of reasoning.</summary>
    public void Seal(string text) => _sealed = text;

    /// <summary>Writes the arguments or the reasoning as a JSON string.</summary>
    public void WriteText(IBufferWriter<byte> output) => JsonOutput.Text(output, _text.Written.Span);

    /// <summary>Writes the name that a call's events repeat.</summary>
    public void WriteName(IBufferWriter<byte> output)
    {
        var tool = _shape.Namespaced?.GetValueOrDefault(_call.Name);
        output.Write(",\"name\":"u8);
        JsonOutput.Text(output, tool?.Name ?? _call.Name);
        if (tool is not null)
        {
            output.Write(",\"namespace\":"u8);
            JsonOutput.Text(output, tool.Namespace);
        }
    }

    /// <summary>Writes the item as it is at its start.</summary>
    public void WriteStart(IBufferWriter<byte> output) => Write(output, "in_progress"u8, withContent: false);

    /// <summary>Writes the item as it is now.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="status">How far the item is.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> status) => Write(output, status, withContent: true);

    public void Dispose()
    {
        _text.Dispose();
        foreach (var part in Parts)
        {
            part.Dispose();
        }
    }

    private void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> status, bool withContent)
    {
        if (Kind == OutputKind.Opaque)
        {
            JsonOutput.Raw(output, _opaque);
            return;
        }

        output.Write("{\"id\":\""u8);
        JsonOutput.Raw(output, Id);
        output.Write("\",\"type\":\""u8);
        output.Write(Type(Kind));
        output.Write("\""u8);
        if (Kind != OutputKind.Reasoning)
        {
            output.Write(",\"status\":\""u8);
            output.Write(status);
            output.Write("\""u8);
        }

        switch (Kind)
        {
            case OutputKind.Message:
                WriteMessage(output, withContent);
                break;
            case OutputKind.Reasoning:
                WriteReasoning(output, withContent);
                break;
            default:
                WriteCall(output, withContent);
                break;
        }

        output.Write("}"u8);
    }

    private void WriteMessage(IBufferWriter<byte> output, bool withContent)
    {
        output.Write(",\"role\":\"assistant\",\"content\":["u8);
        for (var i = 0; withContent && i < Parts.Count; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            Parts[i].Write(output);
        }

        output.Write("]"u8);
    }

    private void WriteReasoning(IBufferWriter<byte> output, bool withContent)
    {
        output.Write(",\"summary\":["u8);
        if (withContent && HasText)
        {
            output.Write("{\"type\":\"summary_text\",\"text\":"u8);
            WriteText(output);
            output.Write("}"u8);
        }

        output.Write("]"u8);
        if (withContent && _shape.IncludesSealedReasoning)
        {
            output.Write(",\"encrypted_content\":"u8);
            JsonOutput.Text(output, _sealed);
        }
    }

    private void WriteCall(IBufferWriter<byte> output, bool withContent)
    {
        output.Write(",\"call_id\":"u8);
        JsonOutput.Text(output, _call.CallId);
        if (Kind == OutputKind.ToolSearchCall)
        {
            output.Write(",\"execution\":\"client\",\"arguments\":"u8);
            output.Write(withContent && IsObject(_text.Written) ? _text.Written.Span : "{}"u8);
            return;
        }

        WriteName(output);
        output.Write(Kind == OutputKind.CustomCall ? ",\"input\":"u8 : ",\"arguments\":"u8);
        if (withContent)
        {
            WriteText(output);
        }
        else
        {
            output.Write("\"\""u8);
        }
    }

    private static bool IsObject(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var tree = JsonDocument.Parse(json);
            return tree.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Prefix(OutputKind kind) =>
        kind switch
        {
            OutputKind.Message => "msg_",
            OutputKind.Reasoning => "rs_",
            OutputKind.CustomCall => "ctc_",
            OutputKind.Opaque => "itm_",
            _ => "fc_",
        };

    private static ReadOnlySpan<byte> Type(OutputKind kind) =>
        kind switch
        {
            OutputKind.Message => "message"u8,
            OutputKind.Reasoning => "reasoning"u8,
            OutputKind.CustomCall => "custom_tool_call"u8,
            OutputKind.ToolSearchCall => "tool_search_call"u8,
            _ => "function_call"u8,
        };
}
