using Microsoft.AspNetCore.RequestDecompression;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>One coding of request bodies.</summary>
/// <param name="name">Its name in <c>Content-Encoding</c>.</param>
/// <param name="open">Makes a stream that decodes another; called with the first read.</param>
internal sealed class RequestCoding(string name, Func<Stream, CancellationToken, ValueTask<Stream>> open) : IDecompressionProvider
{
    public RequestCoding(string name, Func<Stream, Stream> open)
        : this(name, (body, _) => new ValueTask<Stream>(open(body))) { }

    public Stream GetDecompressionStream(Stream stream) => new DecodedBody(cancellationToken => open(stream, cancellationToken), name);
}
