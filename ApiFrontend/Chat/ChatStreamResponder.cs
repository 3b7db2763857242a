using FlowGpt.ApiFrontend.Conversations;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>
/// Serves a chat completion as server-sent events. Nothing goes out before there is text or an end, so that a failure until
/// then has its own HTTP status; a failure after it is an error event and a body that breaks off.
/// </summary>
internal sealed class ChatStreamResponder
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly FrontendOptions _options;

    public ChatStreamResponder(TimeProvider time, IOptions<FrontendOptions> options)
    {
        _time = time;
        _options = options.Value;
    }

    public async Task ServeAsync(ApiRequest request, TurnFollower follower, CachedModel model, bool includeUsage)
    {
        var context = request.Context;
        var output = context.Response.BodyWriter;
        ChatChunkWriter? chunks = null;
        var lastWrite = 0L;
        while (true)
        {
            var silent = chunks is null ? TimeSpan.Zero : _time.GetElapsedTime(lastWrite);
            var step = await follower.NextAsync(ReadFor(silent), mayRestart: chunks is null);
            request.Note(follower, step);
            if (context.RequestAborted.IsCancellationRequested)
            {
                request.Outcome = "disconnected";
                return;
            }

            if (chunks is null)
            {
                if (step.Error is { } early)
                {
                    await request.RefuseAsync(early);
                    return;
                }

                if (step.Slice is { Text.Length: 0, IsTerminal: false })
                {
                    continue;
                }

                Begin(context.Response, follower);
                chunks = new ChatChunkWriter(output, follower.ResponseId, follower.CreatedAt, model, includeUsage);
                chunks.WriteRole();
            }

            var wrote = Write(chunks, step, lastWrite);
            if (!wrote)
            {
                continue;
            }

            await output.FlushAsync();
            lastWrite = _time.GetTimestamp();
            if (step.Error is { } late)
            {
                Break(request, late);
                return;
            }

            if (step.IsCompleted)
            {
                return;
            }

            if (_options.StreamLinger > TimeSpan.Zero && step.Slice!.Text.Length > 0)
            {
                await Task.Delay(_options.StreamLinger, _time, context.RequestAborted);
            }
        }
    }

    /// <summary>Reads end in time for the next heartbeat.</summary>
    private TimeSpan ReadFor(TimeSpan silent)
    {
        var left = _options.HeartbeatInterval - silent;
        return left > LongestRead ? LongestRead
            : left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
    }

    private static void Begin(HttpResponse response, TurnFollower follower)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        RateLimitHeaders.Set(response.Headers, follower.KeyHeadroom is null ? follower.Serving?.Headroom : null);
        response.HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>Writes what the step brought, or a heartbeat when it is time for one. False when there was nothing to write.</summary>
    private bool Write(ChatChunkWriter chunks, TurnStep step, long lastWrite)
    {
        if (step.Slice is { Text: { Length: > 0 } text })
        {
            chunks.WriteText(text);
        }

        if (step.Error is { } error)
        {
            chunks.WriteError(error);
        }
        else if (step.IsCompleted)
        {
            var outcome = step.Slice!.Outcome;
            chunks.WriteEnd(outcome?.FinishReason ?? FinishReason.Stop, outcome?.Usage ?? default);
        }
        else if (step.Slice!.Text.Length == 0)
        {
            if (_time.GetElapsedTime(lastWrite) < _options.HeartbeatInterval)
            {
                return false;
            }

            chunks.WriteHeartbeat();
        }

        return true;
    }

    private void Break(ApiRequest request, ApiError error)
    {
        request.Fail(error);
        request.Outcome = "failed";
        if (_options.AbortOnStreamError)
        {
            throw new ReplyCutException(
                $"The reply to request {request.Id} broke off ({error.Code}); its connection is closed on purpose."
            );
        }
    }
}
