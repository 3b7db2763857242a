using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>The end of a turn that is not stored, and the load of pools that a silo counts.</summary>
public sealed class UnstoredJournalTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task End_UsageCannotBeRecorded_TheTurnEndsAndIsNoLongerCountedAsRunning()
    {
        _world.Usage.Fails = new InvalidOperationException("no recorder");
        _world.Upstream("one").Next().Says("Hi").Ends();
        var turns = new HostedTurns(TurnRetention.Of(new TurnOptions()), new LocalTurns());
        var hosted = new HostedTurn(TurnWorld.Request(), Guid.Empty, new());
        turns.Add(hosted);
        var turn = _world.Turn(hosted.Request, "one");
        hosted.Admit(turn);

        await Soon.Happens(
            _world.Runner.RunAsync(turn, new UnstoredJournal(hosted, turns, _world.Services, NullLogger.Instance)),
            "the turn ends"
        );

        Assert.Equal((0, ResponseStatus.Failed), (turns.Running, turn.Log.Status));
        Assert.NotNull(hosted.ExpiresAt);
    }

    [Fact]
    public void TargetsFor_EqualOrders_PreferThePoolOfLessLoad()
    {
        _world.Leases.Held = static pool => pool == "busy" ? int.MaxValue / 2 : 0;
        var route = new Route("route", [new Target("busy", "m"), new Target("idle", "m")], "", null, false, 0, "test");

        var first = Enumerable
            .Range(0, 50)
            .Select(i => _world.Services.TargetsFor(route, TurnWorld.Request() with { ResponseId = $"resp_{i}" }, [], 1).Targets[0].Pool);

        Assert.All(first, static pool => Assert.Equal("idle", pool));
    }
}
