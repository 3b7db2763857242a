namespace FlowGpt.Grains.Pools;

/// <summary>
/// Notices that a pool did not run for a while: its process was stopped, or starved. The cluster may have taken it for dead and begun another one, so it
/// must not grant from what it remembers. Not thread-safe.
/// </summary>
internal sealed class Standstill
{
    /// <summary>
    /// Five missed ticks of a second, and less than silos need to take one that has stood still for dead (<c>MaxProbeTimeout</c> times the missed
    /// probes: 6 s).
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private DateTimeOffset? _last;

    /// <summary>Notes that the pool runs; true when it has not for too long.</summary>
    public bool IsNoticed(DateTimeOffset now)
    {
        var stoodStill = now - _last > Longest;
        _last = now;
        return stoodStill;
    }
}
