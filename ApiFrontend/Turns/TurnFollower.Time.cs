using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>How long the response may take: a limit on silence, and a limit on the whole time where the operator has set one.</summary>
internal sealed partial class TurnFollower
{
    private long _heardAt;

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

    private void Hear(ResponseSlice slice)
    {
        if (slice.Events.Count > 0)
        {
            _heardAt = _time.GetTimestamp();
        }
    }
}
