using System.Text.Json;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Usage.RollUps;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage.RollUps;

/// <summary>The list of a day's open ledgers in records of bounded size.</summary>
public sealed class OpenPartsTests
{
    /// <summary>The most client keys there may be, each with the ledger of the hour that ends and of the hour that begins.</summary>
    private const int MostOpen = 200_000;

    [Property(MaxTest = 200)]
    public void Divide_LedgersOpenAndTakeLeaveInAnyOrder_KeepsExactlyTheOpenOnes((bool Opens, byte Key)[] steps)
    {
        var (parts, open, disk) = (new OpenParts(), new HashSet<string>(), new Dictionary<int, UsageDayState>());
        foreach (var (opens, key) in steps)
        {
            // Names so long that a part has room for few of them.
            var name = $"{new string('k', 60_000)}-{key % 24}/2025100112";
            if (opens)
            {
                parts.Add(name);
                open.Add(name);
            }
            else
            {
                parts.Remove(name);
                open.Remove(name);
            }

            Write(parts, disk);
            AssertSame(open, disk);
        }
    }

    [Fact]
    public void Divide_EveryKeyOpenInTwoHours_GivesRecordsBelowTheCapAndAChangeWritesOne()
    {
        var (parts, open, disk) = (new OpenParts(), new HashSet<string>(), new Dictionary<int, UsageDayState>());
        for (var ledger = 0; ledger < MostOpen; ledger++)
        {
            var name = $"{ledger / 2:x16}/20251001{11 + (ledger % 2)}";
            parts.Add(name);
            open.Add(name);
        }

        Write(parts, disk);
        AssertSame(open, disk);
        Assert.InRange(disk.Count, 2, 20);

        parts.Remove(open.First());
        Assert.Equal([0], parts.Divide().Select(static part => part.Part));
        parts.Remove(open.Last());
        Assert.Equal([disk.Count - 1], parts.Divide().Select(static part => part.Part));
    }

    [Fact]
    public void Add_AfterLedgersTookLeave_UsesTheirRoomAgain()
    {
        var (parts, disk) = (new OpenParts(), new Dictionary<int, UsageDayState>());
        for (var round = 0; round < 50; round++)
        {
            for (var key = 0; key < 100; key++)
            {
                parts.Add($"{new string('k', 4_000)}-{round}-{key}/2025100112");
            }

            Write(parts, disk);
            for (var key = 0; key < 100; key++)
            {
                parts.Remove($"{new string('k', 4_000)}-{round}-{key}/2025100112");
            }
        }

        Assert.Single(disk);
    }

    [Fact]
    public void Restore_ANameInTwoParts_IsListedOnceAndLeavesWithItsLedger()
    {
        var parts = new OpenParts();
        parts.Restore(0, new() { Open = ["k1/2025100112"], FurtherParts = 1 });
        parts.Restore(1, new() { Open = ["k1/2025100112", "k2/2025100112"] });
        Assert.Equal(["k1/2025100112", "k2/2025100112"], parts.Names.Order());

        parts.Remove("k1/2025100112");
        parts.Add("k1/2025100112");
        parts.Remove("k1/2025100112");

        Assert.Equal(["k2/2025100112"], parts.Names);
    }

    private static void Write(OpenParts parts, Dictionary<int, UsageDayState> disk)
    {
        foreach (var (part, state) in parts.Divide())
        {
            disk[part] = state;
            Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(state).Length, 1, RecordCap.Bytes);
        }
    }

    private static void AssertSame(HashSet<string> open, Dictionary<int, UsageDayState> disk)
    {
        var again = new OpenParts();
        foreach (var (part, state) in disk)
        {
            again.Restore(part, state);
        }

        Assert.True(open.SetEquals(again.Names));
        Assert.Equal(open.Count, disk.Values.Sum(static part => part.Open.Count));
        if (disk.TryGetValue(0, out var first))
        {
            Assert.Equal(disk.Count - 1, first.FurtherParts);
        }
    }
}
