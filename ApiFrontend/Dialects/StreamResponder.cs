using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// Serves a response as server-sent events. Nothing goes out before there is a frame or an end, so that a failure until
/// then has its own HTTP status; a failure after it is an error frame and, where the dialect has no event for the end of a failed stream, a body that breaks off.
/// </summary>
internal sealed class StreamResponder
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly FrontendOptions _options;

    /// <summary>A comment of server-sent events, which is no event in any dialect. One line break, not two: an empty event after the comment makes some clients fail.</summary>
    private static ReadOnlySpan<byte> Waiting => ": waiting\n"u8;

    public StreamResponder(TimeProvider time, IOptions<FrontendOptions> options)
    {
        _time = time;
        _options = options.Value;
    }

    public async Task ServeAsync(ApiRequest request, TurnFollower follower, IDialect dialect, DialectRequest asked, CachedModel model)
    {
        var context = request.Context;
        var body = context.Response.BodyWriter;
        using var frames = dialect.OneFrameAWrite ? new PooledBytes() : null;
        IBufferWriter<byte> output = frames is null ? body : frames;
        IStreamRenderer? renderer = null;
        var generation = follower.Generation;
        var hasBegun = false;
        var hasEvents = false;
        var lastWrite = _time.GetTimestamp();
        Action keep = follower.Keep;
        while (true)
        {
            var silent = hasBegun ? _time.GetElapsedTime(lastWrite) : TimeSpan.Zero;
            var step = await follower.NextAsync(ReadFor(silent), mayRestart: !hasEvents);
            request.Note(follower.ResponseId, follower.Serving, step.Slice);
            if (context.RequestAborted.IsCancellationRequested)
            {
                request.Outcome = "disconnected";
                return;
            }

            if (generation != follower.Generation)
            {
                generation = follower.Generation;
                renderer = null;
            }

            var hasFrames = step.Slice is { } slice && MakesFrames(dialect, slice.Events);
            hasEvents |= hasFrames;
            if (!hasBegun)
            {
                if (step.Error is { } early)
                {
                    await request.RefuseAsync(early);
                    return;
                }

                hasBegun = hasFrames || step.Slice!.IsTerminal;
                var isEarly =
                    !hasBegun && _options.EarlyStreamAfter > TimeSpan.Zero && _time.GetElapsedTime(lastWrite) >= _options.EarlyStreamAfter;
                if (hasBegun || isEarly)
                {
                    hasBegun = true;
                    Begin(context.Response, follower);
                }

                if (isEarly)
                {
                    body.Write(Waiting);
                    await EventStreams.FlushAsync(context, _options.WriteWithin, _time, keep);
                    lastWrite = _time.GetTimestamp();
                }
            }

            renderer ??= dialect.RenderStream(
                asked,
                new ResponseHead(follower.ResponseId, follower.CreatedAt, model, follower.PromptTokens)
            );
            if (!Write(output, renderer, step, hasFrames, hasBegun, lastWrite))
            {
                continue;
            }

            await (
                frames is null
                    ? EventStreams.FlushAsync(context, _options.WriteWithin, _time, keep)
                    : EventStreams.FlushEachAsync(context, frames, _options.WriteWithin, _time, keep)
            );
            lastWrite = _time.GetTimestamp();
            if (step.Error is { } late)
            {
                Break(request, dialect, late);
                return;
            }

            if (step.IsCompleted)
            {
                return;
            }

            if (_options.StreamLinger > TimeSpan.Zero && hasFrames)
            {
                await Task.Delay(_options.StreamLinger, _time, context.RequestAborted);
            }
        }
    }

    private static bool MakesFrames(IDialect dialect, ResponseEvents events)
    {
        foreach (var entry in events)
        {
            if (dialect.MakesFrame(entry.Kind))
            {
                return true;
            }
        }

        return false;
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
        EventStreams.Begin(response);
        RateLimitHeaders.Set(response.Headers, follower.KeyHeadroom is null ? follower.Serving?.Headroom : null);
    }

    /// <summary>Writes the events of the step, or a heartbeat when the interval has elapsed. False when there was nothing to write.</summary>
    private bool Write(IBufferWriter<byte> output, IStreamRenderer renderer, TurnStep step, bool hasFrames, bool hasBegun, long lastWrite)
    {
        if (step.Slice is { } slice)
        {
            foreach (var entry in slice.Events)
            {
                renderer.Write(output, entry);
            }
        }

        renderer.EndedAt = step.Slice?.Outcome?.EndedAt;
        renderer.UsageSoFar = step.Slice?.Outcome?.Usage;
        if (step.Error is { } error)
        {
            renderer.WriteError(output, error);
        }
        else if (step.IsCompleted)
        {
            var outcome = step.Slice!.Outcome;
            renderer.WriteEnd(output, outcome?.FinishReason ?? FinishReason.Stop, outcome?.Usage ?? default);
        }
        else if (!hasFrames)
        {
            if (!hasBegun || _time.GetElapsedTime(lastWrite) < _options.HeartbeatInterval)
            {
                return false;
            }

            renderer.WriteHeartbeat(output);
        }

        return true;
    }

    private void Break(ApiRequest request, IDialect dialect, ApiError error)
    {
        request.Fail(error);
        request.Outcome = "failed";
        if (_options.AbortOnStreamError && !dialect.TellsFailureAsItsEnd)
        {
            throw new ReplyCutException(
                $"The reply to request {request.Id} broke off ({error.Code}); its connection is closed on purpose."
            );
        }
    }
}
