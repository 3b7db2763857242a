using System.Buffers;
using FlowGpt.ApiFrontend.Json;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What every answer of server-sent events has in common.</summary>
internal static class EventStreams
{
    /// <summary>Several times within the shortest time after which an unread response may be taken for abandoned.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>Sets the headers that keep proxies from holding events back.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>Sends what was written. A client that takes none of it in time is disconnected.</summary>
    /// <param name="context">The request.</param>
    /// <param name="within">The time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="whileWaiting">Called every <see cref="TellEvery"/> while the client takes nothing.</param>
    public static ValueTask FlushAsync(HttpContext context, TimeSpan within, TimeProvider time, Action? whileWaiting = null)
    {
        var flush = context.Response.BodyWriter.FlushAsync();
        if (!flush.IsCompleted)
        {
            return WaitAsync(flush.AsTask(), context, within, time, whileWaiting);
        }

        _ = flush.GetAwaiter().GetResult();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask WaitAsync(Task flush, HttpContext context, TimeSpan within, TimeProvider time, Action? whileWaiting)
    {
        for (var left = within; ; left -= TellEvery)
        {
            var isLast = whileWaiting is null || left <= TellEvery;
            try
            {
                await flush.WaitAsync(isLast ? left : TellEvery, time);
                return;
            }
            catch (TimeoutException) when (!isLast)
            {
                whileWaiting!();
            }
            catch (TimeoutException)
            {
                context.Abort();
                await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
        }
    }

    /// <summary>Sends each frame in a separate write. A frame ends with an empty line, and has none before.</summary>
    public static async ValueTask FlushEachAsync(
        HttpContext context,
        PooledBytes frames,
        TimeSpan within,
        TimeProvider time,
        Action? whileWaiting = null
    )
    {
        var body = context.Response.BodyWriter;
        for (var rest = frames.Written; !rest.IsEmpty; )
        {
            var end = rest.Span.IndexOf("\n\n"u8);
            var length = end < 0 ? rest.Length : end + 2;
            body.Write(rest.Span[..length]);
            await FlushAsync(context, within, time, whileWaiting);
            if (context.RequestAborted.IsCancellationRequested)
            {
                break;
            }

            rest = rest[length..];
        }

        frames.Clear();
    }
}
