using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Turns;

/// <summary>A turn of a host, from its start until it is forgotten.</summary>
internal sealed class HostedTurn(TurnRequest request) : IDisposable
{
    public TurnRequest Request => request;

    /// <summary>What its start leads to; whoever starts it again waits for the same.</summary>
    public Task<StartResult> Started { get; set; } = null!;

    /// <summary>Null until it is admitted.</summary>
    public ActiveTurn? Turn { get; private set; }

    /// <summary>The run, to its end.</summary>
    public Task Run { get; set; } = Task.CompletedTask;

    /// <summary>Whether its end was handed out.</summary>
    public bool IsTold { get; set; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; set; }

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

    public void Dispose() => Turn?.Dispose();
}
