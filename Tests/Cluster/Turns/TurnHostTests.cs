using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>Many turns on one host do not affect each other.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class TurnHostTests : TurnTests
{
    public TurnHostTests(TurnCluster cluster)
        : base(cluster) { }

    [Fact]
    public async Task Turns_OnOneHost_RunAtTheSameTimeAndEachReadsItsOwn()
    {
        var host = Cluster.NewPlace();
        var turns = Enumerable.Range(0, 8).Select(i => Turn($"Question {i}")).ToArray();
        var calls = new Dictionary<string, UpstreamScript>();
        foreach (var turn in turns)
        {
            calls.Add(turn.ResponseId, Upstream.Next().Says($"{turn.ResponseId} begins, "));
            Assert.IsType<StartResult.Accepted>(await host.Start(turn));
            await Soon.Happens(calls[turn.ResponseId].Opened, "it goes upstream");
        }

        foreach (var turn in turns.Reverse())
        {
            calls[turn.ResponseId].Says("and ends.").Ends();
            var (text, end) = await TurnCluster.ReadToEndAsync(host, turn.ResponseId);
            Assert.Equal(($"{turn.ResponseId} begins, and ends.", ResponseStatus.Completed), (text, end.Status));
        }

        Assert.Equal(turns.Length, Cluster.Usage.Events.Select(usage => usage.ResponseId).Distinct().Count());
    }

    [Fact]
    public async Task Start_SameTurnAtTheSameTime_RunsOnce()
    {
        var host = Cluster.NewPlace();
        Upstream.Next().Says("once").Ends();
        var turn = Turn();

        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Start(turn).AsTask()));

        Assert.All(starts, start => Assert.Equal(turn.ResponseId, Assert.IsType<StartResult.Accepted>(start).ResponseId));
        Assert.Equal("once", (await TurnCluster.ReadToEndAsync(host, turn.ResponseId)).Text);
        Assert.Equal(1, Upstream.Calls);
    }

    [Fact]
    public async Task Start_SameIdempotencyKeyAtTheSameTime_JoinsOneTurn()
    {
        var host = Cluster.NewPlace();
        Upstream.Next().Says("once").Ends();
        var turns = Enumerable.Range(0, 4).Select(_ => Turn() with { IsIdempotent = true }).ToArray();

        var starts = await Task.WhenAll(turns.Select(turn => host.Start(turn).AsTask()));

        var id = Assert.Single(starts.Select(start => Assert.IsType<StartResult.Accepted>(start).ResponseId).Distinct());
        Assert.Equal("once", (await TurnCluster.ReadToEndAsync(host, id)).Text);
        Assert.Equal(1, Upstream.Calls);
    }

    [Fact]
    public async Task Read_OfAnEndThatWasRead_TellsItAgain()
    {
        Upstream.Next().Says("all of it").Ends();
        var (host, turn) = await StartAsync(Turn());

        await TurnCluster.ReadToEndAsync(host, turn.ResponseId);

        Assert.Equal("all of it", (await TurnCluster.ReadToEndAsync(host, turn.ResponseId)).Text);
    }

    [Fact]
    public async Task Read_OfAResponseThatIsNotThere_IsUnknown()
    {
        var host = Cluster.NewPlace();

        var slice = await host.Read("chatcmpl-nowhere", 0, TimeSpan.FromSeconds(1), CancellationToken.None);

        Assert.Equal(ResponseStatus.Unknown, slice.Status);
    }

    [Fact]
    public async Task Cancel_OfOneTurn_LeavesItsNeighbour()
    {
        var host = Cluster.NewPlace();
        var (stopped, goesOn) = (Turn("One."), Turn("Two."));
        var calls = new List<UpstreamScript>();
        foreach (var turn in (TurnRequest[])[stopped, goesOn])
        {
            calls.Add(Upstream.Next().Says("half "));
            Assert.IsType<StartResult.Accepted>(await host.Start(turn));
            await Soon.Happens(calls[^1].Opened, "it goes upstream");
        }

        await host.Cancel(stopped.ResponseId);
        await Soon.Happens(calls[0].Cancelled, "its call ends");
        calls[1].Says("whole").Ends();

        Assert.Equal(ResponseStatus.Cancelled, (await TurnCluster.ReadToEndAsync(host, stopped.ResponseId)).End.Status);
        Assert.Equal("half whole", (await TurnCluster.ReadToEndAsync(host, goesOn.ResponseId)).Text);
    }

    [Theory]
    [InlineData(TurnLifetime.Attached, false, 15)]
    [InlineData(TurnLifetime.Attached, true, 600)]
    [InlineData(TurnLifetime.Background, false, 3600)]
    public async Task Read_OfAnEndThatNobodyRead_KnowsItUntilItsTimeIsOver(TurnLifetime lifetime, bool isIdempotent, int seconds)
    {
        Upstream.Next().Says("all of it").Ends();
        var (host, turn) = await StartAsync(Turn() with { Lifetime = lifetime, IsIdempotent = isIdempotent });
        await Soon.Becomes(() => new ValueTask<int>(Cluster.Usage.Events.Count), static events => events == 1, "the turn ends");
        await Soon.Becomes(() => new ValueTask<int>(Cluster.Registry.Count), static running => running == 0, "nothing runs");

        Cluster.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        var before = await host.Read(turn.ResponseId, 0, TimeSpan.Zero, CancellationToken.None);
        Cluster.Time.Advance(TimeSpan.FromSeconds(1));
        var after = await host.Read(turn.ResponseId, 0, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal((ResponseStatus.Completed, ResponseStatus.Unknown), (before.Status, after.Status));
    }

    [Fact]
    public async Task Background_LeftAndReadByNobody_GoesOn()
    {
        var call = Upstream.Next().Says("half ");
        var (host, turn) = await StartAsync(Turn() with { Lifetime = TurnLifetime.Background, Timeout = TimeSpan.FromHours(1) });
        await Soon.Happens(call.Opened, "it goes upstream");

        await host.Leave(turn.ResponseId);
        Cluster.Time.Advance(TurnCluster.AbandonedAfter * 1.5);
        Cluster.Registry.StopAbandoned();
        call.Says("whole").Ends();

        Assert.Equal("half whole", (await TurnCluster.ReadToEndAsync(host, turn.ResponseId)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leave_WithoutAGrace_StopsTheTurnAtOnce(bool stored)
    {
        var call = Upstream.Next().Says("half ");
        var (place, turn) = await StartAsync(Cluster.Turn(stored: stored));
        await Soon.Happens(call.Opened, "it goes upstream");

        await place.Leave(turn.ResponseId);

        Assert.Equal(ResponseStatus.Cancelled, (await TurnCluster.ReadToEndAsync(place, turn.ResponseId)).End.Status);
    }

    [Fact]
    public async Task Deactivation_WithTurnsRunning_InterruptsEach()
    {
        var host = Cluster.NewPlace();
        foreach (var turn in (TurnRequest[])[Turn("One."), Turn("Two.")])
        {
            var call = Upstream.Next();
            Assert.IsType<StartResult.Accepted>(await host.Start(turn));
            await Soon.Happens(call.Opened, "it goes upstream");
        }

        await Soon.Happens(Cluster.DeactivateAsync(host), "the host leaves");

        Assert.Equal([TurnErrorKind.Interrupted, TurnErrorKind.Interrupted], Cluster.Usage.Events.Select(usage => usage.ErrorKind));
        Assert.Equal(0, Cluster.Registry.Count);
    }
}
