using System.Runtime.CompilerServices;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>What HTTP reads and writes of a connection, inside TLS: reports to <see cref="ConnectionUse"/> what became of each request's connection.</summary>
internal sealed class MeasuredStream(Stream inner, TimeProvider time) : Stream
{
    private long _lastUse = time.GetTimestamp();
    private volatile bool _hasServed;
    private volatile ConnectionUse? _use;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _use = ConnectionUse.Note(time.GetElapsedTime(Interlocked.Exchange(ref _lastUse, time.GetTimestamp())), _hasServed) ?? _use;
        return inner.WriteAsync(buffer, cancellationToken);
    }

    // A read of an idle connection waits for its end, so only bytes that came are a use.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            Interlocked.Exchange(ref _lastUse, time.GetTimestamp());
            _hasServed = true;
            _use?.Answer();
        }

        return read;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
