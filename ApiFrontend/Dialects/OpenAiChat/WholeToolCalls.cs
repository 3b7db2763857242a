using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>The tool calls of one whole response, in the order of their starts. Only calls that have ended are written.</summary>
internal sealed class WholeToolCalls : IDisposable
{
    private readonly List<Call> _calls = [];

    /// <summary>How many calls have ended.</summary>
    public int WholeCount { get; private set; }

    public void Start(int item, ToolCallHead head) => _calls.Add(new Call(item, head, new PooledBytes()));

    public void Append(int item, ReadOnlySpan<byte> arguments)
    {
        if (Find(item) is { HasEnded: false } call)
        {
            JsonText.WriteEscaped(call.Arguments, arguments);
        }
    }

    public void End(int item)
    {
        if (Find(item) is { HasEnded: false } call)
        {
            call.HasEnded = true;
            WholeCount++;
        }
    }

    /// <summary>Writes the member of the message, a comma first.</summary>
    public void Write(IBufferWriter<byte> output, bool usesFunctions)
    {
        var whole = _calls.Where(static call => call.HasEnded);
        if (usesFunctions)
        {
            output.Write(",\"function_call\":{"u8);
            WriteTool(output, whole.First(), "arguments"u8);
            return;
        }

        output.Write(",\"tool_calls\":["u8);
        var isFirst = true;
        foreach (var call in whole)
        {
            var isCustom = call.Head.Kind == ToolKind.Custom;
            output.Write(isFirst ? "{\"id\":\""u8 : ",{\"id\":\""u8);
            isFirst = false;
            WriteEscaped(output, call.Head.CallId);
            output.Write(isCustom ? "\",\"type\":\"custom\",\"custom\":{"u8 : "\",\"type\":\"function\",\"function\":{"u8);
            WriteTool(output, call, isCustom ? "input"u8 : "arguments"u8);
            output.Write("}"u8);
        }

        output.Write("]"u8);
    }

    public void Dispose()
    {
        foreach (var call in _calls)
        {
            call.Arguments.Dispose();
        }
    }

    /// <summary>Writes name and arguments, and closes the object that they are in.</summary>
    private static void WriteTool(IBufferWriter<byte> output, Call call, ReadOnlySpan<byte> argumentsName)
    {
        output.Write("\"name\":\""u8);
        WriteEscaped(output, call.Head.Name);
        output.Write("\",\""u8);
        output.Write(argumentsName);
        output.Write("\":\""u8);
        output.Write(call.Arguments.Written.Span);
        output.Write("\"}"u8);
    }

    private Call? Find(int item) => _calls.FindLast(call => call.Item == item);

    private static void WriteEscaped(IBufferWriter<byte> output, string text) =>
        JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(text));

    private sealed record Call(int Item, ToolCallHead Head, PooledBytes Arguments)
    {
        public bool HasEnded { get; set; }
    }
}
