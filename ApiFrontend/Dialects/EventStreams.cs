using System.Buffers;
using System.IO.Pipelines;
using FlowGpt.ApiFrontend.Json;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What every answer of server-sent events has in common.</summary>
internal static class EventStreams
{
    /// <summary>Sets the headers that keep proxies from holding events back.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>Sends each frame in a write of its own. A frame ends with an empty line, and has none before.</summary>
    public static async ValueTask FlushEachAsync(PipeWriter body, PooledBytes frames)
    {
        for (var rest = frames.Written; !rest.IsEmpty; )
        {
            var end = rest.Span.IndexOf("\n\n"u8);
            var length = end < 0 ? rest.Length : end + 2;
            body.Write(rest.Span[..length]);
            await body.FlushAsync();
            rest = rest[length..];
        }

        frames.Clear();
    }
}
