using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using FlowGpt.Grains.Usage.RollUps;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage.RollUps;

public sealed class UsageSummaryTests
{
    private static readonly DateTimeOffset Day = new(2025, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Keys = ["k1", "k2"];
    private static readonly int[] HoursUsed = [0, 7, 23];

    /// <summary>
    /// Ledgers book, report, and report old hours again, and the roll-up writes some hours and crashes, in any order. Once every ledger has reported everything that
    /// it holds, hours and day are the sums of the ledgers.
    /// </summary>
    [Property]
    public void Query_AnyInterleavingOfReportsReplaysAndCrashes_IsTheSumOfTheLedgers(byte[] steps)
    {
        var ledgers = Keys.SelectMany(static key => HoursUsed.Select(hour => new Teller(key, hour))).ToArray();
        var summary = new UsageSummary();
        var disk = new UsageHourState[UsageSummary.Hours];
        for (var i = 0; i < steps.Length; i++)
        {
            var ledger = ledgers[i % ledgers.Length];
            switch (steps[i] % 8)
            {
                case 0 or 1 or 2:
                    ledger.Book(steps[i] * 1000 + i);
                    break;
                case 3 or 4:
                    ledger.Tell(summary);
                    break;
                case 5:
                    ledger.TellAgain(summary, steps[i]);
                    break;
                case 6:
                    foreach (var hour in summary.ChangedHours.ToArray())
                    {
                        disk[hour] = summary.Take(hour);
                    }

                    break;
                default:
                    summary = Restarted(disk);
                    break;
            }
        }

        Array.ForEach(ledgers, ledger => ledger.Tell(summary));

        AssertSum(ledgers, summary, UsageBucketWidth.Day, 0, 24);
        AssertSum(ledgers, summary, UsageBucketWidth.Day, 5, 24);
        AssertSum(ledgers, summary, UsageBucketWidth.Hour, 0, 24);
    }

    [Fact]
    public void Query_GroupedAndFiltered_TellsApartOnlyWhatWasAskedFor()
    {
        var summary = new UsageSummary();
        foreach (var key in Keys)
        {
            var ledger = new Teller(key, 7);
            for (var i = 0; i < 200; i++)
            {
                ledger.Book(i + key.GetHashCode(StringComparison.Ordinal));
            }

            ledger.Tell(summary);
        }

        var byModel = summary.Query(Query(UsageBucketWidth.Hour, UsageGrouping.Model, 0, 24) with { ClientKeyIds = ["k2"] }).ToArray();
        var byAll = summary
            .Query(Query(UsageBucketWidth.Day, UsageGrouping.ClientKey | UsageGrouping.Model | UsageGrouping.Account, 0, 24))
            .ToArray();

        Assert.Equal(
            [(7, null, "m0", null), (7, null, "m1", null)],
            byModel.Select(static row => (row.Hour, row.ClientKeyId, row.Model, row.Account))
        );
        Assert.Equal(200, byModel.Sum(static row => row.Figures.Requests));
        Assert.Equal(byAll.Length, byAll.Select(static row => (row.ClientKeyId, row.Model, row.Account)).Distinct().Count());
        Assert.Contains(byAll, static row => row is { ClientKeyId: "k1", Model: "m1", Account: "" });
        var part = summary
            .Query(Query(UsageBucketWidth.Day, UsageGrouping.None, 0, 24) with { Models = ["m0"], Accounts = ["a1", ""] })
            .Single();
        Assert.Equal(
            byAll.Where(static row => row is { Model: "m0", Account: "a1" or "" }).Sum(static row => row.Figures.Requests),
            part.Figures.Requests
        );
    }

    [Fact]
    public void Query_Answered_DoesNotChangeWithTheRollUp()
    {
        var summary = new UsageSummary();
        var ledger = new Teller("k1", 0);
        ledger.Book(1);
        ledger.Tell(summary);

        var row = summary.Query(Query(UsageBucketWidth.Day, UsageGrouping.None, 0, 24)).Single();
        ledger.Book(2);
        ledger.Tell(summary);

        Assert.Equal(1, row.Figures.Requests);
    }

    [Theory]
    [InlineData("key/2025100123", "key", "20251001", 23)]
    [InlineData("a.b-c/2025100100", "a.b-c", "20251001", 0)]
    public void Parse_LedgerKey_HasItsParts(string ledger, string key, string day, int hour) =>
        Assert.Equal(new LedgerName(key, day, hour), LedgerName.Parse(ledger));

    [Theory]
    [InlineData("2025100123")]
    [InlineData("key/2025100124")]
    [InlineData("key/20251001")]
    [InlineData("key/20251001x3")]
    public void Parse_AnythingElse_IsRefused(string ledger) => Assert.Throws<FormatException>(() => LedgerName.Parse(ledger));

    private static void AssertSum(Teller[] ledgers, UsageSummary summary, UsageBucketWidth width, int from, int to)
    {
        var rows = summary.Query(Query(width, UsageGrouping.ClientKey | UsageGrouping.Model | UsageGrouping.Account, from, to)).ToArray();
        var expected = new Dictionary<(int, string, string, string), UsageFigures>();
        foreach (var ledger in ledgers.Where(one => one.Hour >= from && one.Hour < to))
        {
            foreach (var (source, figures) in ledger.Cells)
            {
                var group = (width == UsageBucketWidth.Hour ? ledger.Hour : 0, ledger.Key, source.Model, source.Account);
                if (!expected.TryGetValue(group, out var sum))
                {
                    expected.Add(group, sum = new UsageFigures());
                }

                sum.Add(figures);
            }
        }

        Assert.Equal(expected.Count, rows.Length);
        foreach (var row in rows)
        {
            Assert.Equal(Text(expected[(row.Hour, row.ClientKeyId!, row.Model!, row.Account!)]), Text(row.Figures));
        }
    }

    // Arrays may differ in trailing zeroes.
    private static string Text(UsageFigures figures)
    {
        var table = new UsageTable();
        table.Cell("", "").Add(figures);
        return Convert.ToHexString(UsageTableFormat.Write(table));
    }

    private static UsageSummary Restarted(UsageHourState?[] disk)
    {
        var summary = new UsageSummary();
        for (var hour = 0; hour < disk.Length; hour++)
        {
            if (disk[hour] is { } state)
            {
                summary.Restore(hour, state);
            }
        }

        return summary;
    }

    private static UsageDayQuery Query(UsageBucketWidth width, UsageGrouping grouping, int from, int to) =>
        new(width, grouping, from, to, [], [], []);

    private sealed class Teller(string key, int hour)
    {
        private readonly UsageLedger _ledger = new(new UsageLedgerState(), Day);
        private readonly List<(long Version, byte[] Table)> _told = [];

        public string Key => key;

        public int Hour => hour;

        public IReadOnlyDictionary<UsageSource, UsageFigures> Cells => UsageTableFormat.Read(_ledger.ToState(Day).Table).Cells;

        public void Book(int seed) => _ledger.Book(SyntheticUsage.Event(seed, key, Day.AddHours(hour)), Day);

        public void Tell(UsageSummary summary)
        {
            _told.Add((_ledger.Version, _ledger.ToState(Day).Table));
            Put(summary, _told[^1]);
        }

        public void TellAgain(UsageSummary summary, int which)
        {
            if (_told.Count > 0)
            {
                Put(summary, _told[which % _told.Count]);
            }
        }

        private void Put(UsageSummary summary, (long Version, byte[] Table) report) =>
            summary.Put(new LedgerName(key, "20251001", hour), report.Version, report.Table);
    }
}
