using System.IO.Compression;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>Compresses one body piece by piece, so that each piece can be read as soon as it is sent.</summary>
internal sealed class BodyCompressor : IDisposable
{
    private readonly MemoryStream _sink = new();
    private readonly Stream _compressor;

    private BodyCompressor(string encoding)
    {
        Encoding = encoding;
        _compressor =
            encoding == "br"
                ? new BrotliStream(_sink, CompressionLevel.Fastest, leaveOpen: true)
                : new GZipStream(_sink, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>The value of <c>Content-Encoding</c>.</summary>
    public string Encoding { get; }

    /// <returns>Null when nothing is compressed.</returns>
    public static BodyCompressor? Of(ReplyCompression? kind) =>
        kind switch
        {
            ReplyCompression.Gzip => new BodyCompressor("gzip"),
            ReplyCompression.Br => new BodyCompressor("br"),
            _ => null,
        };

    /// <summary>Compresses a piece and everything before it to the end.</summary>
    /// <returns>What is to be sent now.</returns>
    public ReadOnlyMemory<byte> Flush(ReadOnlySpan<byte> piece)
    {
        _compressor.Write(piece);
        _compressor.Flush();
        return Take();
    }

    /// <summary>Compresses the last piece.</summary>
    /// <returns>What is to be sent, with the end of the format.</returns>
    public ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> piece)
    {
        _compressor.Write(piece);
        _compressor.Dispose();
        return Take();
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _sink.Dispose();
    }

    private byte[] Take()
    {
        var bytes = _sink.ToArray();
        _sink.SetLength(0);
        return bytes;
    }
}
