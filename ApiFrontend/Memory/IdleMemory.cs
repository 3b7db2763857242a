namespace FlowGpt.ApiFrontend.Memory;

/// <summary>Decides when a process that has worked is idle, so that it gives memory back. Pure; asked once in each <see cref="Period"/>.</summary>
internal sealed class IdleMemory
{
    /// <summary>From one question to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // What an idle cluster allocates in a period is less than a tenth of this.
    private const long MostOfQuietPeriod = 8 << 20;
    private const int QuietPeriods = 2;

    // Below this much the heap has hardly grown.
    private const long LeastWork = 64 << 20;

    private long _seen;
    private long _work;
    private int _quiet;

    /// <summary>Whether the process should give memory back now: after work, and once it was idle for two periods.</summary>
    /// <param name="allocated">Bytes that the process has allocated since its start, never less than at the question before.</param>
    public bool ShouldRelease(long allocated)
    {
        var since = allocated - _seen;
        _seen = allocated;
        _work += since;
        _quiet = since <= MostOfQuietPeriod ? _quiet + 1 : 0;
        if (_quiet < QuietPeriods || _work < LeastWork)
        {
            return false;
        }

        _work = 0;
        return true;
    }
}
