using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// Streams a kept response from any place, while it runs and afterwards, with the bytes of its first delivery. Any number of readers; none of them keeps a background
/// response from going on.
/// </summary>
internal sealed class KeptStream(StoredPlaces places, TimeProvider time, IOptions<FrontendOptions> options)
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    /// <summary>Serves the frames after the first <paramref name="skip"/>.</summary>
    /// <param name="request">The reader's request.</param>
    /// <param name="grain">The conversation that has the response.</param>
    /// <param name="kept">The response.</param>
    /// <param name="renderer">Renders the response without its first <paramref name="skip"/> frames.</param>
    /// <param name="skip">How many frames the reader has.</param>
    public async Task ServeAsync(ApiRequest request, IConversationGrain grain, KeptResponse kept, IStreamRenderer renderer, long skip)
    {
        var context = request.Context;
        using var frames = new PooledBytes();
        foreach (var entry in kept.Events)
        {
            renderer.Write(frames, entry);
        }

        if (IsBeyondTheEnd(renderer, kept, skip))
        {
            await request.RefuseAsync(StoredErrors.BeyondTheEnd(renderer.LastPlace));
            return;
        }

        request.Streamed = true;
        EventStreams.Begin(context.Response);
        var (from, status, outcome) = (kept.Events.Count, kept.Status, kept.Outcome);
        var lastWrite = time.GetTimestamp();
        while (true)
        {
            if (outcome is not null)
            {
                WriteEnd(frames, renderer, status, outcome);
            }
            else if (frames.Length == 0 && time.GetElapsedTime(lastWrite) >= options.Value.HeartbeatInterval)
            {
                renderer.WriteHeartbeat(frames);
            }

            if (frames.Length > 0)
            {
                await EventStreams.FlushEachAsync(context, frames, options.Value.WriteWithin, time);
                lastWrite = time.GetTimestamp();
            }

            if (outcome is not null || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            var place = from;
            var (slice, error) = await places.AskAsync(
                () => grain.Read(kept.ResponseId, place, LongestRead, CancellationToken.None),
                context.RequestAborted
            );
            if (slice is null || slice.Status == ResponseStatus.Unknown || slice.NextSequence < from)
            {
                // What was lost with its silo is not made up: the client has more than what is left.
                renderer.WriteError(frames, error ?? GatewayErrors.Interrupted);
                await EventStreams.FlushEachAsync(context, frames, options.Value.WriteWithin, time);
                request.Fail(error ?? GatewayErrors.Interrupted);
                return;
            }

            foreach (var entry in slice.Events)
            {
                renderer.Write(frames, entry);
            }

            (from, status, outcome) = (slice.NextSequence, slice.Status, slice.Outcome);
        }
    }

    private static void WriteEnd(PooledBytes frames, IStreamRenderer renderer, ResponseStatus status, ResponseOutcome outcome)
    {
        renderer.EndedAt = outcome.EndedAt;
        renderer.UsageSoFar = outcome.Usage;
        if (status == ResponseStatus.Completed)
        {
            renderer.WriteEnd(frames, outcome.FinishReason ?? FinishReason.Stop, outcome.Usage);
        }
        else
        {
            renderer.WriteError(frames, TurnErrorMapper.Map(status, outcome));
        }
    }

    /// <summary>Whether the client has events that were lost with their silo: others have their numbers now.</summary>
    private static bool IsBeyondTheEnd(IStreamRenderer renderer, KeptResponse kept, long skip) =>
        kept.Outcome?.Error?.Kind == TurnErrorKind.Interrupted && skip > renderer.Frames;
}
