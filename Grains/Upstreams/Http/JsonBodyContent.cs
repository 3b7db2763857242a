using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>A JSON request body that knows whether its sending has begun.</summary>
internal sealed class JsonBodyContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ArrayBufferWriter<byte> _body;

    public JsonBodyContent(ArrayBufferWriter<byte> body)
    {
        _body = body;
        Headers.ContentType = Json;
    }

    /// <summary>
    /// Whether a connection took the body. The body goes out with the request's head or after it, so while this is false no server has a whole request.
    /// </summary>
    public bool Started { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        return stream.WriteAsync(_body.WrittenMemory, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.WrittenCount;
        return true;
    }
}
