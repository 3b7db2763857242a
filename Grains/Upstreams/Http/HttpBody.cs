using System.Buffers;
using System.IO.Compression;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Reads bodies of answers.</summary>
internal static class HttpBody
{
    /// <summary>The body as it was before its compression, readable while it comes in; null when the compression is unknown.</summary>
    public static Stream? Open(HttpResponseMessage response)
    {
        var encodings = response.Content.Headers.ContentEncoding;
        var encoding = encodings.Count switch
        {
            0 => "identity",
            1 => encodings.First().ToLowerInvariant(),
            _ => "",
        };
        return encoding switch
        {
            "identity" => response.Content.ReadAsStream(CancellationToken.None),
            "gzip" or "x-gzip" => new GZipStream(response.Content.ReadAsStream(CancellationToken.None), CompressionMode.Decompress),
            "br" => new BrotliStream(response.Content.ReadAsStream(CancellationToken.None), CompressionMode.Decompress),
            "deflate" => new ZLibStream(response.Content.ReadAsStream(CancellationToken.None), CompressionMode.Decompress),
            _ => null,
        };
    }

    /// <summary>Reads a body to its end; null when the body is longer than <paramref name="most"/> bytes or in an unknown compression.</summary>
    /// <exception cref="UpstreamException">The body broke or came too late.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpResponseMessage response,
        int most,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        // One byte more than the body, so that its end is seen without another array.
        var body = new ArrayBufferWriter<byte>((int)Math.Min(response.Content.Headers.ContentLength ?? 1023, most) + 1);
        try
        {
            await using var stream = Open(response);
            while (stream is not null && body.WrittenCount <= most)
            {
                var read = await stream.ReadAsync(body.GetMemory(), deadline.Token);
                if (read == 0)
                {
                    return body.WrittenMemory;
                }

                body.Advance(read);
            }

            return null;
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            var inside = UpstreamFailures.InsideReply((int)response.StatusCode);
            throw new UpstreamException(CallFailures.Classify(failure, inside, deadline, cancellationToken), failure);
        }
    }
}
