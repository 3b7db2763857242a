namespace FlowGpt.Grains.Usage;

/// <summary>How long a record with group commit rests between two writes, in which it gathers what comes.</summary>
internal static class CommitPause
{
    /// <summary>The longest rest of a ledger, however slow the storage was just now: what is not written yet is lost with the silo, unless somebody else has seen it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A ledger with many ids is a long record: the share of the time spent on writing it stays at one part in this many.
    private const int Share = 10;

    /// <summary>The rest of a ledger.</summary>
    /// <param name="took">The last write.</param>
    /// <param name="interval">The least there may be between two writes.</param>
    public static TimeSpan After(TimeSpan took, TimeSpan interval) => After(took, interval, Longest, Share);

    /// <summary>A rest in proportion to the last write, within bounds: one slow write must not make everybody wait for long.</summary>
    /// <param name="took">The last write.</param>
    /// <param name="least">The least rest; it goes before the longest.</param>
    /// <param name="longest">The longest rest.</param>
    /// <param name="share">How many times as long as the write.</param>
    public static TimeSpan After(TimeSpan took, TimeSpan least, TimeSpan longest, int share)
    {
        var rest = took < longest / share ? took * share : longest;
        return rest > least ? rest : least;
    }
}
