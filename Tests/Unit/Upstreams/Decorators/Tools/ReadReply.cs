using System.Text;
using FlowGpt.Grains.Upstreams.Decorators.Tools;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Tools;

/// <summary>The result of a parser for a reply.</summary>
internal sealed class ReadReply : IToolReplySink
{
    private readonly List<byte> _text = [];
    private readonly List<byte> _thoughts = [];

    public List<ToolCallText> Calls { get; } = [];

    public List<BrokenCall> Broken { get; } = [];

    public string Text => Encoding.UTF8.GetString([.. _text]);

    public string Thoughts => Encoding.UTF8.GetString([.. _thoughts]);

    /// <summary>Reads a reply that comes in pieces of these sizes, in turn; as a whole when there are none.</summary>
    public static ReadReply Of(ToolSet tools, string reply, params int[] sizes)
    {
        var read = new ReadReply();
        var parser = new ToolReplyParser(tools, read);
        var bytes = Encoding.UTF8.GetBytes(reply).AsSpan();
        for (var turn = 0; !bytes.IsEmpty; turn++)
        {
            var size = sizes.Length == 0 ? bytes.Length : Math.Clamp(sizes[turn % sizes.Length], 1, bytes.Length);
            parser.Push(bytes[..size]);
            bytes = bytes[size..];
        }

        parser.Finish();
        return read;
    }

    void IToolReplySink.Text(ReadOnlySpan<byte> text) => _text.AddRange(text);

    void IToolReplySink.Thought(ReadOnlySpan<byte> text) => _thoughts.AddRange(text);

    void IToolReplySink.Call(ToolCallText call) => Calls.Add(call);

    void IToolReplySink.Broken(BrokenCall block) => Broken.Add(block);
}
