using System.Text.Json;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Usage;
using FlowGpt.Grains.Usage.RollUps;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage.RollUps;

/// <summary>An hour of any number of client keys in records of bounded size.</summary>
public sealed class HourPartsTests
{
    /// <summary>Keys are added and grow in any order; everything that was written is read back, no record passes the cap, and only what changed is written.</summary>
    [Property(MaxTest = 200)]
    public void Divide_AnyGrowth_KeepsEveryLedgerInRecordsBelowTheCap((byte Key, byte Size)[] steps)
    {
        var (parts, hour, disk) = (new HourParts(), new UsageHourState(), new Dictionary<int, UsageHourState>());
        for (var step = 0; step < steps.Length; step++)
        {
            var (key, size) = steps[step];
            hour.Ledgers[$"key-{key % 32}"] = new(step + 1, new byte[size * 900]);
            Write(parts, hour, disk);
            AssertSame(hour, disk);
        }

        var again = new HourParts();
        foreach (var (part, state) in disk.OrderBy(static one => one.Key))
        {
            again.Restore(part, state);
        }

        Assert.Empty(again.Divide(hour));
    }

    [Fact]
    public void Divide_AHundredThousandKeys_GivesRecordsBelowTheCapAndAChangeWritesTwoOfThem()
    {
        var (parts, hour, disk) = (new HourParts(), new UsageHourState(), new Dictionary<int, UsageHourState>());
        for (var key = 0; key < 100_000; key++)
        {
            hour.Ledgers[$"{key:x16}"] = new(1, new byte[150]);
        }

        Write(parts, hour, disk);
        AssertSame(hour, disk);
        hour.Ledgers[$"{99_999:x16}"] = new(2, new byte[200]);

        Assert.Equal([disk.Count - 1, 0], parts.Divide(hour).Select(static part => part.Part));
    }

    [Fact]
    public void Divide_TheLargestLedgers_HaveARecordThatIsBelowTheCap()
    {
        var table = new UsageTable();
        for (var cell = 0; cell < 2 * UsageTable.MostCells; cell++)
        {
            var figures = table.Cell(new string('m', 60) + cell, new string('a', 60));
            figures.Requests = figures.PromptTokens = figures.CompletionTokens = long.MaxValue / 4;
        }

        var bytes = UsageTableFormat.Write(table);
        var (parts, hour, disk) = (new HourParts(), new UsageHourState(), new Dictionary<int, UsageHourState>());
        for (var key = 0; key < 8; key++)
        {
            hour.Ledgers[$"{key:x16}"] = new(1, bytes);
            Write(parts, hour, disk);
        }

        AssertSame(hour, disk);
    }

    [Fact]
    public void Restore_ALedgerInTwoParts_CountsTheLaterVersion()
    {
        var summary = new UsageSummary();
        var later = new UsageTable();
        later.Cell("m", "a").Requests = 7;
        var earlier = new UsageTable();
        earlier.Cell("m", "a").Requests = 3;

        summary.Restore(5, new() { Ledgers = { ["key"] = new(2, UsageTableFormat.Write(later)) } });
        summary.Restore(5, new() { Ledgers = { ["key"] = new(1, UsageTableFormat.Write(earlier)) } });

        Assert.Equal(2, summary.VersionOf(new("key", "20251001", 5)));
        Assert.Equal(7, summary.Take(5).Ledgers.Values.Sum(static one => UsageTableFormat.Read(one.Table).Totals().Requests));
    }

    private static void Write(HourParts parts, UsageHourState hour, Dictionary<int, UsageHourState> disk)
    {
        foreach (var (part, state) in parts.Divide(hour))
        {
            disk[part] = state;
            Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(state).Length, 1, RecordCap.Bytes);
        }
    }

    private static void AssertSame(UsageHourState hour, Dictionary<int, UsageHourState> disk)
    {
        var read = disk.Values.SelectMany(static part => part.Ledgers).ToDictionary(static one => one.Key, static one => one.Value);
        Assert.Equal(hour.Ledgers.Count, read.Count);
        Assert.All(hour.Ledgers, one => Assert.Equal(one.Value.Version, read[one.Key].Version));
        Assert.Equal(disk.Count - 1, disk[0].FurtherParts);
    }
}
