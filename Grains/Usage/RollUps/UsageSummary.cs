using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>
/// One day's roll-up in memory: the last report of each ledger, and the day's sums over the reports. A ledger's report replaces its former report as a whole, so the
/// roll-up is the sum of the ledgers, however often and in any order they report. Not thread-safe.
/// </summary>
internal sealed class UsageSummary
{
    /// <summary>Hours of a day.</summary>
    public const int Hours = 24;

    private readonly Dictionary<string, Ledger>[] _hours =
    [
        .. Enumerable.Range(0, Hours).Select(static _ => new Dictionary<string, Ledger>()),
    ];
    private readonly Dictionary<UsageKey, UsageFigures> _day = [];
    private readonly HashSet<int> _changed = [];

    /// <summary>The hours that changed since they were last taken for writing.</summary>
    public IReadOnlyCollection<int> ChangedHours => _changed;

    /// <summary>Takes over a stored hour, or a part of an hour; of a ledger that is in two parts the later version counts.</summary>
    public void Restore(int hour, UsageHourState state)
    {
        foreach (var (clientKeyId, rolled) in state.Ledgers)
        {
            if (!_hours[hour].TryGetValue(clientKeyId, out var known) || known.Rolled.Version < rolled.Version)
            {
                Replace(hour, clientKeyId, rolled);
            }
        }
    }

    /// <summary>Takes a ledger's report. False when the report is older than what is known, or the same.</summary>
    public bool Put(LedgerName ledger, long version, byte[] table)
    {
        if (VersionOf(ledger) >= version)
        {
            return false;
        }

        Replace(ledger.Hour, ledger.ClientKeyId, new RolledLedger(version, table));
        _changed.Add(ledger.Hour);
        return true;
    }

    /// <summary>The latest version that a ledger reported; 0 before its first report.</summary>
    public long VersionOf(LedgerName ledger) =>
        _hours[ledger.Hour].TryGetValue(ledger.ClientKeyId, out var known) ? known.Rolled.Version : 0;

    /// <summary>An hour for writing; it counts as unchanged from now on.</summary>
    public UsageHourState Take(int hour)
    {
        _changed.Remove(hour);
        return new UsageHourState { Ledgers = _hours[hour].ToDictionary(static one => one.Key, static one => one.Value.Rolled) };
    }

    /// <summary>Sums up.</summary>
    /// <returns>In ordinal order of hour, client key, model and account.</returns>
    public IEnumerable<UsageRow> Query(UsageDayQuery query)
    {
        var rows = new UsageRows(query);
        if (query is { Width: UsageBucketWidth.Day, FromHour: 0, ToHour: Hours })
        {
            foreach (var (key, figures) in _day)
            {
                rows.Add(0, key, figures);
            }
        }
        else
        {
            for (var hour = query.FromHour; hour < query.ToHour; hour++)
            {
                AddHour(rows, query.Width == UsageBucketWidth.Hour ? hour : 0, _hours[hour]);
            }
        }

        return rows.InOrder();
    }

    private static void AddHour(UsageRows rows, int bucket, Dictionary<string, Ledger> hour)
    {
        foreach (var (clientKeyId, ledger) in hour)
        {
            foreach (var (source, figures) in ledger.Table.Cells)
            {
                rows.Add(bucket, new UsageKey(clientKeyId, source.Model, source.Account), figures);
            }
        }
    }

    private void Replace(int hour, string clientKeyId, RolledLedger rolled)
    {
        if (_hours[hour].TryGetValue(clientKeyId, out var former))
        {
            AddToDay(clientKeyId, former.Table, -1);
        }

        var table = UsageTableFormat.Read(rolled.Table);
        _hours[hour][clientKeyId] = new Ledger(rolled, table);
        AddToDay(clientKeyId, table, 1);
    }

    private void AddToDay(string clientKeyId, UsageTable table, int sign)
    {
        foreach (var (source, figures) in table.Cells)
        {
            var key = new UsageKey(clientKeyId, source.Model, source.Account);
            if (!_day.TryGetValue(key, out var sum))
            {
                _day.Add(key, sum = new UsageFigures());
            }

            sum.Add(figures, sign);
        }
    }

    private sealed record Ledger(RolledLedger Rolled, UsageTable Table);
}
