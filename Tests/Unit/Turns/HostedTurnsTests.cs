using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>Which turns a host keeps, and for how long.</summary>
public sealed class HostedTurnsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly TurnRetention Kept = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));

    private readonly HostedTurns _turns = new(Kept, new LocalTurns());
    private int _ids;

    [Fact]
    public void Tell_FewMoreEnds_CanStillBeReadAgain_ThenTheOldestIsForgotten()
    {
        var turns = Enumerable.Range(0, HostedTurns.MaxTold + 1).Select(_ => Ended(Start)).ToArray();

        foreach (var turn in turns[..^1])
        {
            _turns.Tell(turn);
        }

        Assert.All(turns, turn => Assert.NotNull(_turns.Find(turn.Request.ResponseId)));
        _turns.Tell(turns[^1]);
        Assert.Null(_turns.Find(turns[0].Request.ResponseId));
        Assert.Equal(HostedTurns.MaxTold, _turns.Count);
    }

    [Fact]
    public void Tell_TheSameEndAgain_PushesNoOtherOut()
    {
        var (first, second) = (Ended(Start), Ended(Start));
        _turns.Tell(first);

        for (var i = 0; i <= HostedTurns.MaxTold; i++)
        {
            _turns.Tell(second);
        }

        Assert.NotNull(_turns.Find(first.Request.ResponseId));
    }

    [Fact]
    public void Keep_AnEndThatItsReaderHasNotTaken_IsKeptFromThenOn()
    {
        var turn = Ended(Start);

        _turns.Keep(turn, Start.AddSeconds(14));

        Assert.Equal(Start.AddSeconds(29), _turns.Expire(Start.AddSeconds(20)));
        Assert.Null(_turns.Expire(Start.AddSeconds(29)));
        Assert.Equal(0, _turns.Count);
    }

    [Theory]
    [InlineData(false, TurnLifetime.Attached, 15)]
    [InlineData(true, TurnLifetime.Attached, 600)]
    [InlineData(false, TurnLifetime.Background, 3600)]
    [InlineData(true, TurnLifetime.Background, 3600)]
    public void Expire_AnEnd_IsKeptForItsTimeAndNotLonger(bool isIdempotent, TurnLifetime lifetime, int seconds)
    {
        var running = Added(isIdempotent: false);
        var turn = Added(isIdempotent, lifetime);
        _turns.End(turn, Start);

        Assert.Equal(Start.AddSeconds(seconds), _turns.Expire(Start.AddSeconds(seconds).AddTicks(-1)));
        Assert.Same(turn, _turns.Find(turn.Request.ResponseId));
        Assert.Null(_turns.Expire(Start.AddSeconds(seconds)));

        Assert.Null(_turns.Find(turn.Request.ResponseId));
        Assert.Same(running, _turns.Find(running.Request.ResponseId));
    }

    [Theory]
    [InlineData(true, TurnLifetime.Attached)]
    [InlineData(false, TurnLifetime.Background)]
    public void Tell_WhatMayBeReadAgain_IsKeptHoweverOftenItIsTold(bool isIdempotent, TurnLifetime lifetime)
    {
        var turn = Added(isIdempotent, lifetime);
        _turns.End(turn, Start);

        for (var i = 0; i < 10; i++)
        {
            _turns.Tell(turn);
            _turns.Tell(Ended(Start));
        }

        Assert.Same(turn, _turns.Find(turn.Request.ResponseId));
    }

    [Fact]
    public void Add_TheNextOfAnIdempotencyKey_MakesRoom()
    {
        var first = Added(isIdempotent: true);
        _turns.End(first, Start);

        var second = Added(isIdempotent: true);

        Assert.Same(second, _turns.Latest);
        Assert.Null(_turns.Find(first.Request.ResponseId));
    }

    [Fact]
    public void Drop_LeavesNothing()
    {
        var turn = Added();

        _turns.Drop(turn);

        Assert.Equal((0, 0, null), (_turns.Count, _turns.Running, _turns.Latest));
    }

    /// <summary>For any history: all running turns are kept and counted by Running, and ended turns only as many and as long as the rules allow.</summary>
    [Property]
    public void History_KeepsWhatRuns_AndLittleElse(byte[] steps) => new HostedTurnsTests().Run(steps);

    private void Run(byte[] steps)
    {
        var now = Start;
        var running = new List<HostedTurn>();
        var unread = new List<HostedTurn>();
        foreach (var step in steps)
        {
            switch (step % 5)
            {
                case 0 or 1:
                    running.Add(Added());
                    break;
                case 2 when running.Count > 0:
                    var ended = running[step % running.Count];
                    running.Remove(ended);
                    unread.Add(ended);
                    _turns.End(ended, now);
                    break;
                case 3 when unread.Count > 0:
                    var told = unread[step % unread.Count];
                    unread.Remove(told);
                    _turns.Tell(told);
                    break;
                default:
                    now += TimeSpan.FromSeconds(step);
                    break;
            }

            Assert.Equal(running.Count, _turns.Running);
            Assert.All(running, turn => Assert.Same(turn, _turns.Find(turn.Request.ResponseId)));
            Assert.InRange(_turns.Count, running.Count, running.Count + unread.Count + HostedTurns.MaxTold);
        }

        Assert.Null(_turns.Expire(now + Kept.Attached));
        Assert.Equal(running.Count, _turns.Count);
    }

    private HostedTurn Added(bool isIdempotent = false, TurnLifetime lifetime = TurnLifetime.Attached)
    {
        var turn = new HostedTurn(
            new TurnRequest
            {
                ResponseId = $"chatcmpl-{_ids++}",
                ClientKeyId = "key",
                Route = "gpt-4-free",
                Input = [Messages.User("Hello")],
                Timeout = TimeSpan.FromSeconds(60),
                IsIdempotent = isIdempotent,
                Lifetime = lifetime,
            },
            Guid.Empty,
            new()
        );
        _turns.Add(turn);
        return turn;
    }

    private HostedTurn Ended(DateTimeOffset now)
    {
        var turn = Added();
        _turns.End(turn, now);
        return turn;
    }
}
