namespace FlowGpt.Silo.Storage;

/// <summary>
/// Whether the wall clock may be believed when it says that a record's time is over. A clock that stands far beyond the newest record, or that jumps, may be wrong: it is
/// believed again at the next start, or once the process has run with it for a week. Pure; not thread-safe.
/// </summary>
/// <param name="newest">When the newest record was written, read before this process wrote any; null when there was none.</param>
internal sealed class ClockTrust(DateTimeOffset? newest)
{
    /// <summary>A clock this far beyond what is known is not believed.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromDays(30);

    /// <summary>A process that has run this long with a clock believes it.</summary>
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
