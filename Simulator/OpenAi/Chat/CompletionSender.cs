using System.Text;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Sends one completion whole.</summary>
internal sealed class CompletionSender(CompletionCall call, CompletionPlan plan, IChatWire wire, TimeProvider clock)
{
    /// <summary>Counts a piece as sent.</summary>
    public static void Count(CompletionCall call, in ReplyPiece piece)
    {
        switch (piece.Kind)
        {
            case PieceKind.Text:
                call.Text = call.Text.Plus(piece.Text.Length, Encoding.UTF8.GetByteCount(piece.Text.Span));
                break;
            case PieceKind.CallStart:
                call.Calls++;
                break;
            default:
                call.OtherTokens++;
                break;
        }
    }

    /// <summary>Sends it. The request is recorded before the client can read the end of the reply.</summary>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async Task RunAsync(Action record)
    {
        var pieces = plan.Pieces().ToArray();
        var delay = call.Behaviour.FirstTokenDelay + (call.Behaviour.TokenDelay * Math.Max(0, pieces.Length - 1));
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, call.Context.RequestAborted);
        }

        call.OtherTokens += plan.SpentHidden;
        foreach (var piece in pieces)
        {
            Count(call, piece);
        }

        var body = wire.Whole(call, plan, pieces);
        if (call.Fault.Kind.IsAfter())
        {
            await BreakAsync(body);
            record();
            return;
        }

        call.End = ReplyEnd.Completed;
        record();
        await ApiResponse.WriteJsonAsync(call.Context, body, call.Behaviour);
    }

    // Half of the body, and then the end that the fault asks for.
    private async Task BreakAsync(byte[] body)
    {
        call.End = ReplyEnd.CutByFault;
        call.Context.Response.ContentType = "application/json";
        await call.Context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), call.Context.RequestAborted);
        await call.Context.Response.Body.FlushAsync(call.Context.RequestAborted);
        if (call.Fault.Kind == FaultKind.StallAfter)
        {
            await BrokenEnding.StallAsync(call.Context);
        }
    }
}
