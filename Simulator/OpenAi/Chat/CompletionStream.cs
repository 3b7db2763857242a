using System.Text;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Sends one completion as a stream.</summary>
internal sealed class CompletionStream(CompletionCall call, CompletionPlan plan, TimeProvider clock)
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

        var chunks = new ChunkWriter(events, call, plan);
        var isBroken = await SendPiecesAsync(events, chunks);
        if (isBroken)
        {
            call.End = ReplyEnd.CutByFault;
            await BreakAsync(events, record);
            return;
        }

        // What was not flushed yet is a part of the reply that may still be cut by its client; the rest follows once this is recorded.
        await events.FlushAsync();
        call.End = ReplyEnd.Completed;
        record();
        WriteTail(events, chunks);
        await events.FlushAsync(last: true);
    }

    private async Task<bool> SendPiecesAsync(EventStream events, ChunkWriter chunks)
    {
        var (kind, after) = (call.Fault.Kind, call.Fault.After);
        call.OtherTokens += plan.SpentHidden;
        if (!kind.IsAfter() || after > 0)
        {
            chunks.WriteRole();
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
                chunks.WriteEmpty(withUsage: false);
            }

            chunks.Write(piece);
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

    private void WriteTail(EventStream events, ChunkWriter chunks)
    {
        var usage = _settings.Usage ?? UsagePosition.WhenAsked;
        if (usage == UsagePosition.BeforeFinish)
        {
            chunks.WriteEmpty(withUsage: true);
        }

        if (_settings.OmitFinish != true)
        {
            chunks.WriteFinish(withUsage: usage == UsagePosition.OnFinish);
        }

        if (usage == UsagePosition.Always || (usage == UsagePosition.WhenAsked && call.Request.IncludeUsage))
        {
            chunks.WriteEmpty(withUsage: true);
        }

        if (_settings.OmitDone != true)
        {
            events.Write("[DONE]"u8);
        }
    }

    // Resetting or closing the connection follows when the endpoint is done.
    private async Task BreakAsync(EventStream events, Action record)
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
            var error = ApiError.Of(call.Fault);
            var text = ErrorBody.Text(error.Status, error.Message, ErrorShape.OpenAi, error.Type, error.Code, error.Parameter);
            events.Write(Encoding.UTF8.GetBytes(text));
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
