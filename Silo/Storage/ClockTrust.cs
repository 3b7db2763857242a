namespace FlowGpt.Silo.Storage;

/// <summary>
/// Whether the wall clock is used to decide that a record's retention has elapsed. A clock far ahead of the newest record, or a clock that jumps, may be wrong: it is
/// used again at the next start, or once the process has run with it for a week. Pure; not thread-safe.
/// </summary>
/// <param name="newest">When the newest record was written, read before this process wrote any; null when there was none.</param>
internal sealed class ClockTrust(DateTimeOffset? newest)
{
    /// <summary>A clock this far ahead of the newest known time is not used.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromDays(30);

    /// <summary>After running this long with a clock, a process uses the clock again.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromDays(7);

    private (DateTimeOffset Wall, TimeSpan Running)? _latest;
    private TimeSpan? _doubtedAt;

    /// <summary>Takes one reading of the clock and says whether it is plausible.</summary>
    /// <param name="wall">What the wall clock says.</param>
    /// <param name="running">How long the process has run, by its monotonic clock.</param>
    public bool Believes(DateTimeOffset wall, TimeSpan running)
    {
        var expected = _latest is { } latest ? latest.Wall + (running - latest.Running) : newest ?? wall;
        _latest = (wall, running);
        if (wall - expected > Distance)
        {
            _doubtedAt = running;
        }

        return _doubtedAt is not { } doubted || running - doubted >= Trial;
    }
}
