using System.Collections.Immutable;
using FlowGpt.Grains.Feed;
using FlowGpt.Grains.Interfaces.Feed;

namespace FlowGpt.Tests.Unit.Feed;

public sealed class FeedBoardTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FeedBoard _board = new(Now);

    [Fact]
    public void Snapshot_OfSeveralFrontends_IsTheirSum()
    {
        _board.Take(Report("f1", active: 2, new(3, 1, 0, 10, 20), ("upstream_error", 1)), Now);
        _board.Take(Report("f2", active: 1, new(1, 0, 1, 1, 2), ("invalid_value", 1)), Now);
        _board.Take(Report("f1", active: 0, new(1, 1, 0, 0, 0), ("upstream_error", 1)), Now.AddSeconds(1));

        var snapshot = _board.Snapshot(Now.AddSeconds(1));

        Assert.Equal((2, 1, new FeedCounts(5, 2, 1, 11, 22)), (snapshot.Frontends, snapshot.Active, snapshot.Counts));
        Assert.Equal((2, 1), (snapshot.Errors["upstream_error"], snapshot.Errors["invalid_value"]));
    }

    [Fact]
    public void Frontend_ThatIsSilent_IsForgottenAndItsCountsStay()
    {
        _board.Take(Report("f1", active: 2, new(3, 0, 0, 0, 0), ("x", 1)), Now);

        var snapshot = _board.Snapshot(Now + FeedBoard.SilentFor + TimeSpan.FromMinutes(1));

        Assert.Equal((0, 0, 3L), (snapshot.Frontends, snapshot.Active, snapshot.Counts.Requests));
        Assert.Empty(snapshot.Errors);
    }

    [Fact]
    public void Requests_BeyondTheCapacity_AreTheLatest()
    {
        for (var i = 0; i < FeedBoard.Capacity + 50; i++)
        {
            _board.Take(Report("f1", Request($"r{i}")), Now);
        }

        var all = _board.Find(new() { Limit = FeedBoard.Capacity * 2 });

        Assert.Equal(FeedBoard.Capacity, all.Requests.Length);
        Assert.Equal(($"r{FeedBoard.Capacity + 49}", "r50", null), (all.Requests[0].Id, all.Requests[^1].Id, all.Next));
    }

    [Fact]
    public void Pages_OfAFilter_HaveEveryMatchOnceInOrder()
    {
        for (var i = 0; i < 100; i++)
        {
            _board.Take(Report("f1", Request($"r{i}") with { KeyId = i % 3 == 0 ? "k1" : "k2" }), Now);
        }

        var found = new List<string>();
        long? before = null;
        do
        {
            var page = _board.Find(
                new()
                {
                    KeyId = "k1",
                    Limit = 7,
                    Before = before,
                }
            );
            Assert.InRange(page.Requests.Length, 1, 7);
            found.AddRange(page.Requests.Select(static one => one.Id));
            before = page.Next;
        } while (before is not null);

        Assert.Equal(Enumerable.Range(0, 34).Select(static i => $"r{99 - (3 * i)}"), found);
    }

    [Fact]
    public void Filter_ByAccount_FindsThoseThatWereTriedToo()
    {
        _board.Take(
            Report("f1", Request("r1") with { Account = "a2", EarlierAccounts = ["a1"] }, Request("r2") with { Account = "a2" }),
            Now
        );

        Assert.Equal(["r1"], _board.Find(new() { Account = "a1" }).Requests.Select(static one => one.Id));
        Assert.Equal(["r2", "r1"], _board.Find(new() { Account = "a2" }).Requests.Select(static one => one.Id));
    }

    [Fact]
    public void Quantiles_AreOfTheLastMinutesRequests()
    {
        _board.Take(Report("f1", Request("old") with { At = Now.AddMinutes(-2), Duration = TimeSpan.FromSeconds(100) }), Now);
        _board.Take(
            Report(
                "f1",
                [.. Enumerable.Range(1, 100).Select(static i => Request($"r{i}") with { Duration = TimeSpan.FromSeconds(i / 10.0) })]
            ),
            Now
        );

        var snapshot = _board.Snapshot(Now);

        Assert.Equal((new FeedQuantiles(5, 9.5, 9.9), 100), (snapshot.Duration, snapshot.Listed));
        Assert.Equal(default, snapshot.TimeToFirstToken);
    }

    private static RequestRecord Request(string id) =>
        new()
        {
            Id = id,
            At = Now,
            Outcome = "completed",
        };

    private static FrontendReport Report(string frontend, int active, FeedCounts counts, params (string Code, long Times)[] errors) =>
        new(frontend, active, counts, errors.ToImmutableDictionary(static one => one.Code, static one => one.Times), []);

    private static FrontendReport Report(string frontend, params RequestRecord[] requests) =>
        new(frontend, 0, new(requests.Length, 0, 0, 0, 0), ImmutableDictionary<string, long>.Empty, [.. requests]);
}
