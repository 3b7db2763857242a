using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>Many turns on one host: none meets another.</summary>
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
