using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>How long the response may take: a limit on silence, and a limit on the whole time where the operator has set one.</summary>
internal sealed partial class TurnFollower
{
    private long _heardAt;
    private long _handedOverAt;

    /// <summary>How long the response may still be silent.</summary>
    private TimeSpan TimeLeft
    {
        get
        {
            var silent = _plan.Timeout - _time.GetElapsedTime(_heardAt);
            return WholeTimeLeft is { } left && left < silent ? left : silent;
        }
    }

    private TimeSpan? WholeTimeLeft => _plan.MaxTime == TimeSpan.Zero ? null : _plan.MaxTime - _time.GetElapsedTime(_startedAt);

    // What the client takes its time for is no silence of the upstream: a client that takes nothing has a limit of its own.
    private void BeginToListen()
    {
        if (_handedOverAt != 0)
        {
            _heardAt += _time.GetTimestamp() - _handedOverAt;
            _handedOverAt = 0;
        }
    }

    private void Hear(ResponseSlice slice)
    {
        if (slice.Events.Count > 0)
        {
            _heardAt = _time.GetTimestamp();
        }

        _handedOverAt = _time.GetTimestamp();
    }

    /// <summary>The client is there and takes nothing. Returns at once; never throws.</summary>
    public void Keep()
    {
        if (_grain is { } grain)
        {
            _ = KeepAsync(grain, ResponseId);
        }
    }

    private async Task KeepAsync(ITurnGrain grain, string responseId)
    {
        try
        {
            await grain.Keep(responseId);
        }
        catch (Exception exception)
        {
            // The next one, or the next read, does as well.
            LogRetry(exception, nameof(ITurnGrain.Keep), responseId, attempt: 1);
        }
    }
}
