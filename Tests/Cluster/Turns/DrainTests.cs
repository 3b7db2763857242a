using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>A silo that stops accepts no new turns while another silo can, and finishes the turns that it has.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private readonly TurnCluster _cluster = new(silos: 2);

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Start_WhileASiloDrains_RunsOnTheOther()
    {
        await _cluster.Registries[0].StoppingAsync(TestContext.Current.CancellationToken);

        var running = new List<(UpstreamScript Call, ITurnGrain Place, TurnRequest Turn)>();
        for (var i = 0; i < 8; i++)
        {
            var (call, turn) = (_cluster.Upstream.Next(), _cluster.Turn());
            var place = await StartAsync(() => _cluster.NewPlace(), turn);
            running.Add((call, place, turn));
        }

        Assert.Equal([0, 8], _cluster.Registries.Select(registry => registry.Count));
        foreach (var (call, place, turn) in running)
        {
            // Otherwise the silo's stop waits for it.
            await EndAsync(call, place, turn);
        }
    }

    [Fact]
    public async Task Start_OfAConversationOnTheDrainingSilo_MovesIt_AndItsContextStays()
    {
        var conversation = _cluster.NewPlace(stored: true);
        var first = _cluster.Turn("My name is Ada.", stored: true);
        var call = _cluster.Upstream.Next().Says("Hello Ada");
        await StartAsync(() => conversation, first);
        var home = _cluster.Registries.Single(registry => registry.Count == 1);
        call.Ends();
        await TurnCluster.ReadToEndAsync(conversation, first.ResponseId);

        await home.StoppingAsync(TestContext.Current.CancellationToken);
        var next = _cluster.Upstream.Next();
        var second = _cluster.Turn("And now?", stored: true);
        await StartAsync(() => conversation, second);

        Assert.Equal(0, home.Count);
        Assert.Equal(3, (await Soon.Happens(next.Opened, "the second turn goes upstream")).Context.Length);
        await EndAsync(next, conversation, second);
    }

    [Fact]
    public async Task Stream_OnTheDrainingSilo_GoesOnToItsEnd()
    {
        var conversation = _cluster.NewPlace();
        var turn = _cluster.Turn();
        var call = _cluster.Upstream.Next().Says("half ");
        await StartAsync(() => conversation, turn);

        foreach (var registry in _cluster.Registries)
        {
            await registry.StoppingAsync(TestContext.Current.CancellationToken);
        }

        call.Says("and whole").Ends();
        var (text, end) = await TurnCluster.ReadToEndAsync(conversation, turn.ResponseId);

        Assert.Equal(("half and whole", ResponseStatus.Completed), (text, end.Status));
    }

    [Fact]
    public async Task Drain_WaitsUntilTheEndIsRead()
    {
        var host = _cluster.NewPlace();
        var turn = _cluster.Turn();
        var call = _cluster.Upstream.Next().Says("all of it");
        await StartAsync(() => host, turn);
        await Soon.Happens(call.Opened, "it goes upstream");
        var home = _cluster.Registries.Single(registry => registry.Count == 1);
        call.Ends();
        await Soon.Becomes(() => ValueTask.FromResult(home.Count), static count => count == 0, "it ends");

        var stop = home.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);
        await TurnCluster.ReadToEndAsync(host, turn.ResponseId);

        await Soon.Happens(stop, "the silo goes on to stop");
    }

    [Fact]
    public async Task Drain_WaitsForATurnThatIsJustBeginning()
    {
        var registry = _cluster.Registries[0];
        registry.Enter();

        var stop = registry.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);
        registry.Leave();

        await Soon.Happens(stop, "the silo goes on to stop");
    }

    private static async Task EndAsync(UpstreamScript call, ITurnGrain place, TurnRequest turn)
    {
        call.Ends();
        await TurnCluster.ReadToEndAsync(place, turn.ResponseId);
    }

    // As a frontend does.
    private static async Task<ITurnGrain> StartAsync(Func<ITurnGrain> newPlace, TurnRequest turn)
    {
        ITurnGrain place = null!;
        await Soon.Becomes(
            async () =>
            {
                try
                {
                    place = newPlace();
                    return await place.Start(turn) is StartResult.Accepted;
                }
                catch (GatewayTooBusyException)
                {
                    return false;
                }
            },
            static started => started,
            "a silo takes the turn"
        );
        return place;
    }
}
