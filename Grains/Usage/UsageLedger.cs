using System.Buffers.Binary;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Sums usage events and counts each once, however often and in whatever order it is booked. Bounded by what one client key
/// can do in one hour. Not thread-safe.
/// </summary>
internal sealed class UsageLedger
{
    private readonly HashSet<UInt128> _booked;
    private readonly List<UInt128> _order;

    /// <summary>Takes up a stored ledger.</summary>
    public UsageLedger(UsageLedgerState state)
    {
        Totals = state.Totals;
        var count = state.Ids.Length / UsageEventId.Size;
        _booked = new HashSet<UInt128>(count);
        _order = new List<UInt128>(count);
        for (var i = 0; i < count; i++)
        {
            Add(BinaryPrimitives.ReadUInt128BigEndian(state.Ids.AsSpan(i * UsageEventId.Size)));
        }
    }

    /// <summary>The sums over every event booked.</summary>
    public UsageTotals Totals { get; private set; }

    /// <summary>Books an event. False: it was booked before, nothing changed.</summary>
    public bool Book(UsageEvent usage)
    {
        if (!Add(UsageEventId.Of(usage.ResponseId)))
        {
            return false;
        }

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
    public UsageLedgerState ToState()
    {
        var ids = new byte[_order.Count * UsageEventId.Size];
        for (var i = 0; i < _order.Count; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(ids.AsSpan(i * UsageEventId.Size), _order[i]);
        }

        return new UsageLedgerState { Totals = Totals, Ids = ids };
    }

    private bool Add(UInt128 id)
    {
        if (!_booked.Add(id))
        {
            return false;
        }

        _order.Add(id);
        return true;
    }
}
