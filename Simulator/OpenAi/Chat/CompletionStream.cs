using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Sends one completion as a stream.</summary>
internal sealed class CompletionStream(CompletionCall call, CompletionPlan plan, IChatWire wire, TimeProvider clock)
{
    private const int BlockBytes = 32 * 1024;

    private readonly OpenAiSettings _settings = call.Behaviour.OpenAi;

    /// <summary>Sends it. The request is recorded before the client can read the end of the reply.</summary>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async Task RunAsync(Action record)
    {
        using var events = new EventStream(call.Context, call.Behaviour);
        if (_settings.HeadersFirst == true)
        {
            await events.StartAsync();
            await events.FlushAsync();
        }

        await WaitAsync(call.Behaviour.FirstTokenDelay);
        if (!call.Context.Response.HasStarted)
        {
            await events.StartAsync();
        }

        var frames = wire.Frames(events, call, plan);
        var isBroken = await SendPiecesAsync(events, frames);
        if (isBroken)
        {
            call.End = ReplyEnd.CutByFault;
            await BreakAsync(events, frames, record);
            return;
        }

        // What was not flushed yet is a part of the reply that may still be cut by its client; the rest follows once this is recorded.
        await events.FlushAsync();
        call.End = ReplyEnd.Completed;
        record();
        frames.End();
        await events.FlushAsync(last: true);
    }

    private async Task<bool> SendPiecesAsync(EventStream events, IReplyFrames frames)
    {
        var (kind, after) = (call.Fault.Kind, call.Fault.After);
        call.OtherTokens += plan.SpentHidden;
        if (!kind.IsAfter() || after > 0)
        {
            frames.Begin();
        }

        var sent = 0;
        foreach (var piece in plan.Pieces())
        {
            if (sent > 0)
            {
                await WaitAsync(call.Behaviour.TokenDelay);
            }

            if (kind.IsAfter() && sent >= after)
            {
                return true;
            }

            if (_settings.EmptyChoices == true)
            {
                frames.Noise();
            }

            frames.Write(piece);
            sent += piece.Kind == PieceKind.CallStart ? 0 : 1;
            CompletionSender.Count(call, piece);
            if (
                call.Behaviour.FlushEachToken
                || _settings.Compression is not (null or ReplyCompression.None)
                || events.Pending > BlockBytes
            )
            {
                await events.FlushAsync();
            }
        }

        return kind.IsAfter();
    }

    // Resetting or closing the connection follows when the endpoint is done.
    private async Task BreakAsync(EventStream events, IReplyFrames frames, Action record)
    {
        if (call.Fault.Kind == FaultKind.CutLineAfter)
        {
            events.WriteRaw("data: {\"id\":\"cut"u8);
        }

        await events.FlushAsync();
        if (call.Fault.Kind == FaultKind.StallAfter)
        {
            await BrokenEnding.StallAsync(call.Context);
        }

        record();
        if (call.Fault.Kind == FaultKind.ErrorFrameAfter)
        {
            frames.Error(ApiError.Of(call.Fault));
            await events.FlushAsync();
        }

        if (call.Fault.Kind is FaultKind.ErrorFrameAfter or FaultKind.CutLineAfter)
        {
            await events.FlushAsync(last: true);
        }
    }

    private Task WaitAsync(TimeSpan time) =>
        time > TimeSpan.Zero ? Task.Delay(time, clock, call.Context.RequestAborted) : Task.CompletedTask;
}
