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

    /// <summary>When it is forgotten, whether or not anybody has read it; null while it runs.</summary>
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

    /// <summary>Its reader has gone away: stops it unless somebody reads it within the grace.</summary>
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

    public void Dispose() => Turn?.Dispose();
}
