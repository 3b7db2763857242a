using System.Buffers;
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

    /// <summary>Sends what was written. A client that takes none of it in time is disconnected.</summary>
    public static ValueTask FlushAsync(HttpContext context, TimeSpan within, TimeProvider time)
    {
        var flush = context.Response.BodyWriter.FlushAsync();
        if (!flush.IsCompleted)
        {
            return WaitAsync(flush.AsTask(), context, within, time);
        }

        _ = flush.GetAwaiter().GetResult();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask WaitAsync(Task flush, HttpContext context, TimeSpan within, TimeProvider time)
    {
        try
        {
            await flush.WaitAsync(within, time);
        }
        catch (TimeoutException)
        {
            context.Abort();
            await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends each frame in a separate write. A frame ends with an empty line, and has none before.</summary>
    public static async ValueTask FlushEachAsync(HttpContext context, PooledBytes frames, TimeSpan within, TimeProvider time)
    {
        var body = context.Response.BodyWriter;
        for (var rest = frames.Written; !rest.IsEmpty; )
        {
            var end = rest.Span.IndexOf("\n\n"u8);
            var length = end < 0 ? rest.Length : end + 2;
            body.Write(rest.Span[..length]);
            await FlushAsync(context, within, time);
            if (context.RequestAborted.IsCancellationRequested)
            {
                break;
            }

            rest = rest[length..];
        }

        frames.Clear();
    }
}
