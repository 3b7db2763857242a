namespace FlowGpt.Grains.Commits;

/// <summary>How long a record with group commit pauses between two writes, in which it gathers what comes.</summary>
/// <param name="Least">The least pause; it goes before the longest.</param>
/// <param name="Longest">The longest pause, however slow the storage was just now: one slow write must not make all callers wait for long.</param>
/// <param name="Share">How many times as long as the write before it, so that writing takes one part of the time in this many.</param>
/// <param name="GathersFirst">Whether the first write too waits for <paramref name="Least"/>, so that what comes together is written together.</param>
internal sealed record CommitPace(TimeSpan Least, TimeSpan Longest, int Share, bool GathersFirst)
{
    /// <summary>The pause after a write that took so long.</summary>
    public TimeSpan After(TimeSpan took)
    {
        var pause = took < Longest / Share ? took * Share : Longest;
        return pause > Least ? pause : Least;
    }
}
