using System.Collections.Concurrent;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Turns;

/// <summary>A turn of a host, from its start until it is forgotten. Used on the host's scheduler, but for <see cref="Read"/>.</summary>
/// <param name="request">The turn.</param>
/// <param name="epoch">The host's activation.</param>
/// <param name="told">Takes the turn once its end was read.</param>
internal sealed class HostedTurn(TurnRequest request, Guid epoch, ConcurrentQueue<HostedTurn> told) : ILocalTurn, IDisposable
{
    public TurnRequest Request => request;

    /// <summary>What its start leads to; a second start waits for the same result.</summary>
    public Task<StartResult> Started { get; set; } = null!;

    /// <summary>Null until it is admitted.</summary>
    public ActiveTurn? Turn { get; private set; }

    /// <summary>The run, to its end.</summary>
    public Task Run { get; set; } = Task.CompletedTask;

    /// <summary>Whether its end was handed out.</summary>
    public bool IsTold { get; set; }

    /// <summary>When it is forgotten, read or not; null while it runs.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    private bool IsCancelled { get; set; }

    public void Admit(ActiveTurn turn)
    {
        Turn = turn;
        if (IsCancelled)
        {
            turn.Stop(StopReason.Caller);
        }
    }

    /// <summary>Stops it for its caller, now or as soon as it runs.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        Turn?.Stop(StopReason.Caller);
    }

    /// <summary>Its reader has disconnected: stops the turn unless it is read within the grace.</summary>
    public void Leave(TimeSpan grace)
    {
        if (Turn is { } turn)
        {
            turn.Leave(grace);
        }
        else if (request.Lifetime != TurnLifetime.Background)
        {
            Cancel();
        }
    }

    public ValueTask<ResponseSlice> Read(int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (Turn is not { } turn)
        {
            return new(ActiveTurn.UnknownSlice(epoch, fromSequence));
        }

        var wait = turn.WaitForNews(fromSequence, maxWait, cancellationToken);
        if (!wait.IsCompleted)
        {
            return SliceAfter(wait, turn, fromSequence);
        }

        wait.GetAwaiter().GetResult();
        return new(Slice(turn, fromSequence));
    }

    public void Dispose() => Turn?.Dispose();

    private async ValueTask<ResponseSlice> SliceAfter(ValueTask wait, ActiveTurn turn, int fromSequence)
    {
        await wait;
        return Slice(turn, fromSequence);
    }

    private ResponseSlice Slice(ActiveTurn turn, int fromSequence)
    {
        var slice = turn.Slice(epoch, fromSequence);
        if (slice.IsTerminal)
        {
            told.Enqueue(this);
        }

        return slice;
    }
}
