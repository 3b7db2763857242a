namespace FlowGpt.Grains.Usage;

/// <summary>How long a ledger rests between two writes, in which it gathers what comes.</summary>
internal static class CommitPause
{
    /// <summary>The longest rest, however slow the storage was just now: what is not written yet is lost with the silo, unless somebody else has seen it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A ledger with many ids is a long record: the share of the time spent on writing it stays at one part in this many.
    private const int Share = 10;

    /// <param name="took">The last write.</param>
    /// <param name="interval">The least there may be between two writes.</param>
    public static TimeSpan After(TimeSpan took, TimeSpan interval)
    {
        var rest = took < Longest / Share ? took * Share : Longest;
        return rest > interval ? rest : interval;
    }
}
