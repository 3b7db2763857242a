using ZstdSharp;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>A decoded request body. What its decoder throws for bad data becomes <see cref="UndecodableBodyException"/>.</summary>
/// <param name="open">Makes the decoder, which is disposed with this; called with the first read.</param>
/// <param name="coding">The coding's name.</param>
internal sealed class DecodedBody(Func<CancellationToken, ValueTask<Stream>> open, string coding) : Stream
{
    private Stream? _decoder;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _decoder ??= await open(cancellationToken);
            return await _decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (IsOfTheData(exception))
        {
            throw new UndecodableBodyException(coding, exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_decoder is not null)
        {
            await _decoder.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsOfTheData(Exception exception) =>
        exception is InvalidDataException or InvalidOperationException or ZstdException or EndOfStreamException;
}
