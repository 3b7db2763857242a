using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using Microsoft.Net.Http.Headers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>
/// Decodes request bodies by their <c>Content-Encoding</c> while they are read, so that a body takes no more memory than its reader keeps of it. The limit
/// on a body's size is that of the decoded bytes. Any other coding, and several at once, are answered with 415 and the list of those that are accepted.
/// </summary>
internal static class RequestCodings
{
    /// <summary>Value of <c>Accept-Encoding</c> in an answer that refuses a coding.</summary>
    public const string Accepted = "gzip, deflate, br, zstd";

    /// <summary>Window of a zstd frame: 8 MiB, which every decoder should support (RFC 8878). A frame that asks for more is refused.</summary>
    private const int LargestZstdWindowLog = 23;

    public static void AddRequestCodings(this IServiceCollection services) =>
        services.AddRequestDecompression(static options =>
        {
            var codings = options.DecompressionProviders;
            codings.Clear();
            codings["gzip"] = new RequestCoding("gzip", static body => new GZipStream(body, CompressionMode.Decompress));
            codings["x-gzip"] = codings["gzip"];
            codings["deflate"] = new RequestCoding("deflate", OpenDeflateAsync);
            codings["br"] = new RequestCoding("br", static body => new BrotliStream(body, CompressionMode.Decompress));
            codings["zstd"] = new RequestCoding("zstd", OpenZstd);
        });

    public static void UseRequestCodings(this IApplicationBuilder app)
    {
        app.Use(static (context, next) => IsAccepted(context.Request) ? next(context) : RefuseAsync(context));
        app.UseRequestDecompression();
    }

    private static bool IsAccepted(HttpRequest request)
    {
        var values = request.Headers.ContentEncoding;
        return values.Count == 0
            || (
                values.Count == 1
                && values[0]!.Trim().ToLowerInvariant() is "" or "identity" or "gzip" or "x-gzip" or "deflate" or "br" or "zstd"
            );
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers[HeaderNames.AcceptEncoding] = Accepted;
        return ApiRequest.Of(context).RefuseAsync(RequestErrors.UnsupportedCoding(context.Request.Headers.ContentEncoding.ToString()));
    }

    /// <summary><c>deflate</c> is the zlib format (RFC 9110), but some clients send what is inside of it alone: the first two bytes show which.</summary>
    private static async ValueTask<Stream> OpenDeflateAsync(Stream body, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(body);
        var start = (await reader.ReadAtLeastAsync(2, cancellationToken)).Buffer;
        var isZlib = IsZlib(start.Slice(0, Math.Min(2, start.Length)).ToArray());
        reader.AdvanceTo(start.Start);
        return isZlib
            ? new ZLibStream(reader.AsStream(), CompressionMode.Decompress)
            : new DeflateStream(reader.AsStream(), CompressionMode.Decompress);
    }

    /// <summary>The header of RFC 1950: method 8, a window of at most 32 KiB, and a multiple of 31 as its check.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> start) =>
        start is [var method, var flags] && (method & 0x0F) == 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 == 0;

    private static DecompressionStream OpenZstd(Stream body)
    {
        var decoded = new DecompressionStream(body, leaveOpen: false);
        decoded.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestZstdWindowLog);
        return decoded;
    }
}
