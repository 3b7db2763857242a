using System.Buffers;
using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>
/// The body of a streamed answer as messages of a WebSocket: each event's data is a separate message. Comments and the end mark are left out. What is no stream of
/// events, an error, is gathered in <see cref="Rest"/>. Used by one request.
/// </summary>
internal sealed class SocketOutput(WebSocket socket) : Stream
{
    private readonly ArrayBufferWriter<byte> _pending = new();

    /// <summary>What has come and is no whole event.</summary>
    public ReadOnlyMemory<byte> Rest => _pending.WrittenMemory;

    /// <summary>Whether an event was sent.</summary>
    public bool HasEvents { get; private set; }

    /// <summary>The response of the last event if it completed; null before, and for a response that did not complete.</summary>
    public CompletedResponse? Completed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _pending.Write(buffer.Span);
        var pending = _pending.WrittenMemory;
        for (int end; (end = pending.Span.IndexOf("\n\n"u8)) >= 0; pending = pending[(end + 2)..])
        {
            if (DataOf(pending[..end]) is { Length: > 0 } data && !data.Span.SequenceEqual("[DONE]"u8))
            {
                HasEvents = true;
                Note(data);
                await socket.SendAsync(data, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
        }

        var rest = pending.ToArray();
        _pending.ResetWrittenCount();
        _pending.Write(rest);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The data of an event: the renderer writes one line of data an event.</summary>
    private static ReadOnlyMemory<byte> DataOf(ReadOnlyMemory<byte> frame)
    {
        while (!frame.IsEmpty)
        {
            var end = frame.Span.IndexOf((byte)'\n');
            var line = end < 0 ? frame : frame[..end];
            if (line.Span.StartsWith("data: "u8))
            {
                return line["data: ".Length..];
            }

            frame = end < 0 ? default : frame[(end + 1)..];
        }

        return default;
    }

    private void Note(ReadOnlyMemory<byte> data)
    {
        Completed = null;
        if (data.Span.StartsWith("""{"type":"response.completed","""u8))
        {
            using var tree = JsonDocument.Parse(data);
            var response = tree.RootElement.GetProperty("response"u8);
            var output = RequestField.Root(response, new RequestProblems())["output"];
            Completed = new(response.GetProperty("id"u8).GetString()!, InputReader.ReadItems(output, static _ => null));
        }
    }
}

/// <summary>A response that completed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Output">Its items.</param>
internal sealed record CompletedResponse(string Id, ImmutableArray<Item> Output);
