using Microsoft.AspNetCore.RequestDecompression;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>One coding of request bodies.</summary>
/// <param name="name">Its name in <c>Content-Encoding</c>.</param>
/// <param name="open">Makes a stream that decodes another.</param>
internal sealed class RequestCoding(string name, Func<Stream, Stream> open) : IDecompressionProvider
{
    public Stream GetDecompressionStream(Stream stream) => new DecodedBody(open(stream), name);
}
