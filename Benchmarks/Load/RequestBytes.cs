using System.Text;

namespace FlowGpt.Benchmarks.Load;

/// <summary>A ready-made HTTP request in which a few bytes are replaced for each use. Belongs to one connection.</summary>
internal sealed class RequestBytes
{
    private readonly byte[] _bytes;

    private RequestBytes(byte[] bytes) => _bytes = bytes;

    /// <summary>The bytes to send.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>A POST of a JSON body.</summary>
    public static RequestBytes Post(string host, string path, IEnumerable<string> headers, string json)
    {
        var head = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
        foreach (var header in headers)
        {
            head.Append(header).Append("\r\n");
        }

        head.Append($"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n").Append(json);
        return new RequestBytes(Encoding.UTF8.GetBytes(head.ToString()));
    }

    /// <summary>The first place of <paramref name="placeholder"/>, to be written over.</summary>
    /// <exception cref="ArgumentException">It does not occur.</exception>
    public Memory<byte> PlaceOf(string placeholder) => PlaceAt(_bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(placeholder)), placeholder);

    /// <summary>The last place of <paramref name="placeholder"/>.</summary>
    /// <exception cref="ArgumentException">It does not occur.</exception>
    public Memory<byte> LastPlaceOf(string placeholder) =>
        PlaceAt(_bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(placeholder)), placeholder);

    private Memory<byte> PlaceAt(int at, string placeholder) =>
        at >= 0
            ? _bytes.AsMemory(at, placeholder.Length)
            : throw new ArgumentException($"'{placeholder}' is not in the request.", nameof(placeholder));
}
