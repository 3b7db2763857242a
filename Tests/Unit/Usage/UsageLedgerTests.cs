using System.Text.Json;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class UsageLedgerTests
{
    private static readonly DateTimeOffset At = new(2025, 10, 1, 12, 30, 0, TimeSpan.Zero);

    [Property]
    public void Book_AnyReplayInAnyOrderOverRestarts_CountsEachEventOnce(int[] deliveries, byte restartEvery)
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        for (var i = 0; i < deliveries.Length; i++)
        {
            ledger.Book(Event(deliveries[i]), At);
            if (restartEvery > 0 && i % restartEvery == 0)
            {
                ledger = Restarted(ledger);
            }
        }

        var distinct = deliveries.Select(Event).DistinctBy(static usage => usage.ResponseId).ToArray();
        Assert.Equal(
            new UsageTotals(
                distinct.Length,
                distinct.Count(static usage => usage.ErrorKind is not null),
                distinct.Count(static usage => usage.Estimated),
                distinct.Sum(static usage => (long)usage.Usage.PromptTokens),
                distinct.Sum(static usage => (long)usage.Usage.CompletionTokens),
                distinct.Sum(static usage => (long)usage.Usage.CachedTokens)
            ),
            ledger.Totals
        );
        Assert.Equal(ledger.Totals, UsageTableFormat.Read(ledger.ToState(At).Table).Totals());
    }

    [Fact]
    public void ToState_LaterBookings_DoNotChangeIt()
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        ledger.Book(Event(1), At);
        var state = ledger.ToState(At);

        ledger.Book(Event(2), At);

        Assert.Equal(1, state.Totals.Requests);
        Assert.Equal(UsageEventId.Size, state.RecentIds.Length);
    }

    [Fact]
    public void Book_MoreThanRemembered_ForgetsOnlyWhatIsNeverDeliveredLate()
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        var late = Event(0) with { IsFromOutbox = true };
        ledger.Book(late, At);
        for (var i = 1; i <= UsageLedger.Remembered + 1; i++)
        {
            ledger.Book(Event(i), At);
        }

        var restarted = new UsageLedger(ledger.ToState(At), At);

        Assert.Equal(UsageEventId.Size, ledger.ToState(At).Ids.Length);
        Assert.Equal(UsageLedger.Remembered * UsageEventId.Size, ledger.ToState(At).RecentIds.Length);
        Assert.False(restarted.Book(late, At));
        Assert.False(restarted.Book(Event(UsageLedger.Remembered + 1), At));
    }

    [Fact]
    public void Release_BookedFromAnOutbox_IsNoticedForAWhileAndThenForgotten()
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        var late = Event(0) with { IsFromOutbox = true };
        ledger.Book(late, At);

        ledger.Release(late.ResponseId, At);
        ledger.Release("of another ledger", At);

        Assert.Empty(ledger.ToState(At).Ids);
        Assert.False(Restarted(ledger).Book(late, At));
        Assert.Empty(ledger.ToState(At + UsageLedger.RememberedFor + TimeSpan.FromSeconds(1)).RecentIds);
    }

    [Fact]
    public void Book_OneEventAMinuteForAnHour_KeepsTheIdsOfTheLastMoments()
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        for (var i = 0; i < 60; i++)
        {
            ledger.Book(Event(i), At.AddMinutes(i));
        }

        Assert.InRange(ledger.ToState(At.AddMinutes(59)).RecentIds.Length / UsageEventId.Size, 2, 3);
    }

    [Fact]
    public void Book_MissedEvent_IsBookedOnlyWhileItsIdWouldBeRemembered()
    {
        var ledger = new UsageLedger(new UsageLedgerState(), At);
        for (var i = 0; i <= UsageLedger.Remembered; i++)
        {
            ledger.Book(Event(i), At.AddMilliseconds(i));
        }

        // The id of the first event was dropped, so an event of that time must not be booked again; an event later than all dropped ones is recognised.
        ledger = Restarted(ledger);
        Assert.False(ledger.Book(Event(0) with { Duration = TimeSpan.Zero }, At.AddMinutes(1), missed: true));
        Assert.False(ledger.Book(Event(7), At.AddMinutes(1), missed: true));
        Assert.True(ledger.Book(Event(-1) with { Duration = TimeSpan.FromSeconds(5) }, At.AddMinutes(1), missed: true));
        Assert.False(ledger.Book(Event(-1), At.AddMinutes(1), missed: true));
    }

    [Fact]
    public void Read_RecordWithoutATable_KeepsItsTotals()
    {
        var totals = new UsageTotals(7, 2, 1, 100, 50, 10);

        var ledger = new UsageLedger(new UsageLedgerState { Totals = totals }, At);
        ledger.Book(Event(1) with { Usage = new TokenUsage(1, 1, 1) }, At);
        var table = UsageTableFormat.Read(ledger.ToState(At).Table);

        Assert.Equal(totals with { Requests = 8, PromptTokens = 101, CompletionTokens = 51, CachedTokens = 11 }, table.Totals());
    }

    [Theory]
    [InlineData("resp_00000000000000000000000000000001", 1)]
    [InlineData("00000000000000000000000000000010", 16)]
    public void Of_IdEndsInHex_IsThatNumber(string id, int expected) => Assert.Equal(new Digest(0, (ulong)expected), UsageEventId.Of(id));

    [Fact]
    public void Of_OtherIds_AreSpreadAndStable()
    {
        var ids = Enumerable.Range(0, 1000).Select(static i => UsageEventId.Of($"response number {i}")).ToHashSet();

        Assert.Equal(1000, ids.Count);
        Assert.Contains(UsageEventId.Of("response number 7"), ids);
    }

    // As a storage provider does it: through JSON.
    private static UsageLedger Restarted(UsageLedger ledger) =>
        new(JsonSerializer.Deserialize<UsageLedgerState>(JsonSerializer.Serialize(ledger.ToState(At)))!, At);

    private static UsageEvent Event(int seed) =>
        new(
            seed % 2 == 0 ? $"chatcmpl-{seed:x32}" : $"other {seed}",
            "key",
            "model",
            "account",
            At,
            new TokenUsage(seed & 0xFFFF, seed >>> 20, seed & 0xFF),
            seed % 5 == 0 ? TurnErrorKind.UpstreamFailed : null,
            seed % 7 == 0,
            null,
            TimeSpan.FromSeconds(1)
        );
}
