using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class UsageTableTests
{
    private static readonly DateTimeOffset At = new(2025, 10, 1, 12, 30, 0, TimeSpan.Zero);

    private static readonly UsageEvent Completed = new(
        "r1",
        "key",
        "m",
        "a2",
        At,
        new TokenUsage(10, 5, 3),
        null,
        false,
        TimeSpan.FromSeconds(0.3),
        TimeSpan.FromSeconds(2),
        Calls: ["a1", "a2"]
    );

    [Fact]
    public void Add_TriedOnAnotherAccountFirst_CountsTheRequestOnceAndEachCallWhereItWasMade()
    {
        var table = new UsageTable();

        table.Add(Completed);

        var served = table.Cell("m", "a2");
        var tried = table.Cell("m", "a1");
        Assert.Equal(
            (1, 1, 0, 10, 5, 3),
            (served.Requests, served.Calls, served.FailedCalls, served.PromptTokens, served.CompletionTokens, served.CachedTokens)
        );
        Assert.Equal((0, 1, 1, 0), (tried.Requests, tried.Calls, tried.FailedCalls, tried.PromptTokens));
        Assert.Equal((1, 1), (served.Latency.Total, served.TimeToFirstToken.Total));
    }

    [Fact]
    public void Add_CancelledOrFailed_HasNoLatencyAndIsCountedAsWhatItIs()
    {
        var table = new UsageTable();

        table.Add(Completed with { Cancelled = true });
        table.Add(Completed with { ErrorKind = TurnErrorKind.UpstreamTimeout, TimeToFirstToken = null });
        table.Add(Completed with { Account = null, Calls = null, ErrorKind = TurnErrorKind.NoAccountInTime, TimeToFirstToken = null });

        var served = table.Cell("m", "a2");
        Assert.Equal((2, 1, 1, 2, 1), (served.Requests, served.Cancelled, served.TotalErrors, served.Calls, served.FailedCalls));
        Assert.Equal(1, served.Errors[(int)TurnErrorKind.UpstreamTimeout]);
        Assert.Equal((0, 1), (served.Latency.Total, served.TimeToFirstToken.Total));
        Assert.Equal((1, 0, 1), (table.Cell("m", "").Requests, table.Cell("m", "").Calls, table.Cell("m", "").TotalErrors));
    }

    [Property]
    public void Write_AnyTable_IsReadBackEqual(int[] seeds)
    {
        var table = new UsageTable();
        foreach (var seed in seeds)
        {
            table.Add(SyntheticUsage.Event(seed, "key", At));
        }

        var read = UsageTableFormat.Read(UsageTableFormat.Write(table));

        Assert.Equal(table.Cells.Count, read.Cells.Count);
        Assert.All(table.Cells, cell => Assert.Equivalent(cell.Value, read.Cells[cell.Key]));
    }

    [Fact]
    public void Read_AFieldAddedAtACellsEnd_IsSkipped()
    {
        var table = new UsageTable();
        table.Add(Completed with { Calls = null });
        var bytes = UsageTableFormat.Write(table);
        // One cell: its length is behind the format, two names and the number of cells.
        var lengthAt = 1 + 1 + 2 + 3 + 1;
        bytes[lengthAt]++;

        var read = UsageTableFormat.Read([.. bytes, 42]);

        Assert.Equivalent(table.Cell("m", "a2"), read.Cell("m", "a2"));
    }

    [Fact]
    public void Read_AnotherFormat_SaysSo()
    {
        var problem = Assert.Throws<InvalidDataException>(() => UsageTableFormat.Read([9]));

        Assert.Contains("format 9", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ATypicalCell_TakesAboutAHundredBytes()
    {
        var table = new UsageTable();
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var first = TimeSpan.FromSeconds(0.4 * Math.Exp(random.NextDouble()));
            table.Add(Completed with { TimeToFirstToken = first, Duration = first * 4, Calls = ["a2"] });
        }

        Assert.InRange(UsageTableFormat.Write(table).Length, 20, 120);
    }
}
