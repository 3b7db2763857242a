using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>A response whose client has disconnected continues for the grace, and longer when a client reads the response again.</summary>
public sealed class DisconnectGraceTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TurnWorld _world = new();
    private readonly ResponseRegistry _registry;

    public DisconnectGraceTests() =>
        _registry = new(Options.Create(new TurnOptions { DisconnectGrace = Grace }), _world.Time, NullLogger<ResponseRegistry>.Instance);

    public void Dispose()
    {
        _registry.Dispose();
        _world.Dispose();
    }

    [Fact]
    public void Leave_NobodyReads_StopsAfterTheGrace()
    {
        using var turn = Running(TurnLifetime.Attached);

        turn.Leave(Grace);

        Assert.False(IsStoppedAfter(turn, Grace));
        Assert.True(IsStoppedAfter(turn, TimeSpan.FromTicks(1)));
        Assert.Equal(StopReason.Abandoned, turn.StopReason);
    }

    [Fact]
    public async Task Leave_SomebodyReadsAgain_GoesOn()
    {
        using var turn = Running(TurnLifetime.Attached);

        turn.Leave(Grace);
        await turn.WaitForNews(0, TimeSpan.Zero, CancellationToken.None);

        Assert.False(IsStoppedAfter(turn, Grace * 2));
    }

    [Fact]
    public void Keep_OfAReaderThatTakesNothing_GoesOnForAsLongAsItIsThere()
    {
        using var turn = Running(TurnLifetime.Attached);

        for (var i = 0; i < 10; i++)
        {
            turn.Keep();
            Assert.False(IsStoppedAfter(turn, EventStreams.TellEvery));
        }

        Assert.True(IsStoppedAfter(turn, new TurnOptions().AbandonedAfter));
        Assert.Equal(StopReason.Abandoned, turn.StopReason);
    }

    [Fact]
    public void Leave_InTheBackground_GoesOnWithoutAnyReader()
    {
        using var turn = Running(TurnLifetime.Background);

        turn.Leave(TimeSpan.Zero);

        Assert.False(IsStoppedAfter(turn, TimeSpan.FromSeconds(50)));
    }

    private ActiveTurn Running(TurnLifetime lifetime)
    {
        var turn = _world.Turn(TurnWorld.Request() with { Lifetime = lifetime }, "one");
        _registry.Add(turn);
        return turn;
    }

    private bool IsStoppedAfter(ActiveTurn turn, TimeSpan time)
    {
        _world.Time.Advance(time);
        _registry.StopAbandoned();
        return turn.Stopping.IsCancellationRequested;
    }
}
