using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Sums usage events and counts each once, however often it is booked. Events that may come again at any time are remembered for good;
/// of the others the latest <see cref="Remembered"/>, so that the record does not grow with every request. Not thread-safe.
/// </summary>
internal sealed class UsageLedger
{
    /// <summary>
    /// Latest events of which a repetition is noticed: those repeated are the ones whose booking was under way when an answer was lost, and
    /// that is a moment's worth. 256 KB in the record.
    /// </summary>
    public const int Remembered = 16_384;

    private readonly BookedIds _kept = new(int.MaxValue);
    private readonly BookedIds _recent = new(Remembered);

    /// <summary>Takes up a stored ledger.</summary>
    public UsageLedger(UsageLedgerState state)
    {
        Totals = state.Totals;
        _kept.AddStored(state.Ids);
        _recent.AddStored(state.RecentIds);
    }

    /// <summary>The sums over every event booked.</summary>
    public UsageTotals Totals { get; private set; }

    /// <summary>Books an event. False: it was booked before, nothing changed.</summary>
    public bool Book(UsageEvent usage)
    {
        var id = UsageEventId.Of(usage.ResponseId);
        if (_kept.Contains(id) || _recent.Contains(id))
        {
            return false;
        }

        (usage.IsFromOutbox ? _kept : _recent).Add(id);
        Totals = new UsageTotals(
            Totals.Requests + 1,
            Totals.Errors + (usage.ErrorKind is null ? 0 : 1),
            Totals.Estimated + (usage.Estimated ? 1 : 0),
            Totals.PromptTokens + usage.Usage.PromptTokens,
            Totals.CompletionTokens + usage.Usage.CompletionTokens,
            Totals.CachedTokens + usage.Usage.CachedTokens
        );
        return true;
    }

    /// <summary>The ledger as a record of its own, which later bookings do not change.</summary>
    public UsageLedgerState ToState() =>
        new()
        {
            Totals = Totals,
            Ids = _kept.ToStored(),
            RecentIds = _recent.ToStored(),
        };
}
