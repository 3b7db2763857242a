using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Sums usage events by model and account and counts each once, however often it is booked. An event from an outbox may come again at any time, so its id is
/// kept until its conversation says that it is in no record any more; of the others, which are repeated within minutes or not at
/// all, the latest are remembered. Not thread-safe.
/// </summary>
internal sealed class UsageLedger
{
    /// <summary>Most ids remembered that may be forgotten: 512 KB in the record, when there are more than 218 requests a second.</summary>
    public const int Remembered = 32_768;

    /// <summary>How long they are remembered: longer than any delivery is repeated, its last call's time included.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(150);

    // By so much two clocks of a cluster may differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    private readonly HashSet<Digest> _kept = [];
    private readonly BookedIds _recent = new(Remembered);
    private readonly UsageTable _table;

    /// <summary>Takes up a stored ledger.</summary>
    public UsageLedger(UsageLedgerState state, DateTimeOffset now)
    {
        Totals = state.Totals;
        _table = UsageTableFormat.Read(state.Table);
        if (state.Table.Length == 0 && state.Totals.Requests > 0)
        {
            TakeUpUndivided(state.Totals);
        }

        for (var stored = state.Ids.AsSpan(); stored.Length >= UsageEventId.Size; stored = stored[UsageEventId.Size..])
        {
            _kept.Add(Digest.Read(stored));
        }

        _recent.AddStored(state.RecentIds, now);
        _recent.CompleteSince = state.RecentSince;
    }

    /// <summary>The sums over every event booked.</summary>
    public UsageTotals Totals { get; private set; }

    /// <summary>
    /// The number of events booked. One ledger's states of equal version that were ever stored are equal: there is one writer, and it adds to
    /// what is stored.
    /// </summary>
    public long Version => Totals.Requests;

    /// <summary>How many ids are kept until their conversations let them go.</summary>
    public int Kept => _kept.Count;

    /// <summary>Books an event. False: it was booked before, nothing changed.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="now">The present.</param>
    /// <param name="missed">
    /// Whether it may have been booked at any time since it happened; then it is not booked either when that is no longer known.
    /// </param>
    public bool Book(UsageEvent usage, DateTimeOffset now, bool missed = false)
    {
        var id = UsageEventId.Of(usage.ResponseId);
        if (_kept.Contains(id) || _recent.Contains(id) || (missed && usage.At + usage.Duration <= _recent.CompleteSince + ClockSkew))
        {
            return false;
        }

        if (usage.IsFromOutbox)
        {
            _kept.Add(id);
        }
        else
        {
            _recent.Add(id, now);
        }

        _table.Add(usage);
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

    /// <summary>An event is in no conversation's record any more: its id is kept for a while only, in case a delivery is still on its way.</summary>
    public void Release(string responseId, DateTimeOffset now)
    {
        var id = UsageEventId.Of(responseId);
        if (_kept.Remove(id))
        {
            _recent.Add(id, now);
        }
    }

    /// <summary>The ledger as a separate record, which later bookings do not change.</summary>
    public UsageLedgerState ToState(DateTimeOffset now)
    {
        _recent.ForgetBefore(now - RememberedFor);
        return new()
        {
            Totals = Totals,
            Ids = UsageEventId.ToStored(_kept, _kept.Count),
            RecentIds = _recent.ToStored(),
            RecentSince = _recent.CompleteSince,
            Table = UsageTableFormat.Write(_table),
        };
    }

    // A record from before ledgers had models and accounts.
    private void TakeUpUndivided(UsageTotals totals)
    {
        var cell = _table.Cell("", "");
        cell.Requests = totals.Requests;
        cell.Estimated = totals.Estimated;
        cell.PromptTokens = totals.PromptTokens;
        cell.CompletionTokens = totals.CompletionTokens;
        cell.CachedTokens = totals.CachedTokens;
        cell.CountError((int)TurnErrorKind.Internal, totals.Errors);
    }
}
