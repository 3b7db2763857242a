using System.Buffers;
using System.Text;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>Writes server-sent events, with the framing, splitting and compression that behaviour asks for.</summary>
internal sealed class EventStream(HttpContext context, ReplyBehaviour behaviour) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly BodyCompressor? _compressor = BodyCompressor.Of(behaviour.OpenAi.Compression);
    private readonly byte[] _lineEnd = behaviour.Style.CarriageReturn ? "\r\n"u8.ToArray() : "\n"u8.ToArray();

    /// <summary>Bytes that wait for the next flush.</summary>
    public int Pending => _pending.WrittenCount;

    /// <summary>Sends the headers.</summary>
    public Task StartAsync()
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        ApiResponse.AddHeaders(context, behaviour);
        if (_compressor is not null)
        {
            context.Response.Headers.ContentEncoding = _compressor.Encoding;
        }

        return context.Response.StartAsync(context.RequestAborted);
    }

    /// <summary>Begins an event: its one line of data is written to what this returns.</summary>
    /// <param name="name">The event's name; null when it has none.</param>
    public IBufferWriter<byte> Begin(string? name = null)
    {
        if (behaviour.BlankLines)
        {
            _pending.Write(_lineEnd);
        }

        if (behaviour.OpenAi.Comments == true)
        {
            _pending.Write(": PROCESSING"u8);
            _pending.Write(_lineEnd);
            _pending.Write(_lineEnd);
        }

        if (name is not null)
        {
            _pending.Write(Encoding.UTF8.GetBytes(behaviour.OpenAi.NoSpace == true ? "event:" + name : "event: " + name));
            _pending.Write(_lineEnd);
        }

        _pending.Write(behaviour.OpenAi.NoSpace == true ? "data:"u8 : "data: "u8);
        return _pending;
    }

    /// <summary>Ends the event that was begun.</summary>
    public void End()
    {
        _pending.Write(_lineEnd);
        _pending.Write(_lineEnd);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        Begin().Write(data);
        End();
    }

    /// <summary>Writes bytes that are no event.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _pending.Write(bytes);

    /// <summary>Sends what was written.</summary>
    /// <param name="last">Whether the body ends here.</param>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask FlushAsync(bool last = false)
    {
        var bytes = _pending.WrittenMemory;
        if (_compressor is not null)
        {
            bytes = last ? _compressor.Finish(bytes.Span) : _compressor.Flush(bytes.Span);
        }

        if (bytes.Length == 0)
        {
            // The headers may still wait.
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        while (bytes.Length > 0)
        {
            var piece = FirstPiece(bytes.Span);
            await context.Response.BodyWriter.WriteAsync(bytes[..piece], context.RequestAborted);
            context.RequestAborted.ThrowIfCancellationRequested();
            bytes = bytes[piece..];
        }

        _pending.ResetWrittenCount();
    }

    public void Dispose() => _compressor?.Dispose();

    private int FirstPiece(ReadOnlySpan<byte> bytes)
    {
        var piece = behaviour.SplitCharacters ? CharacterSplitter.FirstPiece(bytes) : bytes.Length;
        return behaviour.OpenAi.SplitBytes is > 0 and var size ? Math.Min(size, piece) : piece;
    }
}
