using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>The limits of one turn: the longest silence, the whole time where that is limited, and the size of the reply.</summary>
public sealed class TurnLimitsTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Run_AHealthyReplyLongerThanTheTimeout_GoesOn()
    {
        var script = _world.Upstream("one").Next().Says("a");
        var turn = _world.Turn(TurnWorld.Request(), "one");
        var running = _world.Runner.RunAsync(turn, _world);

        for (var i = 0; i < 4; i++)
        {
            await Soon.Happens(script.Waiting, "the reply is read");
            _world.Time.Advance(TimeSpan.FromSeconds(50));
            var before = turn.Log.NextSequence;
            script.Says("b");
            await Soon.Becomes(() => new ValueTask<int>(turn.Log.NextSequence), sequence => sequence > before, "the text is there");
        }

        script.Ends();
        await Soon.Happens(running, "the turn ends");
        Assert.Equal((ResponseStatus.Completed, "abbbb"), (turn.Log.Status, turn.Log.From(0).Text()));
    }

    [Theory]
    [InlineData(0, 61, "Nothing came")]
    [InlineData(100, 61, "Nothing came")]
    [InlineData(40, 41, "longer than the 40 s")]
    public async Task Run_SilentOrBeyondItsWholeTime_Ends(double most, double passed, string says)
    {
        var script = _world.Upstream("one").Next().Says("a");
        var turn = _world.Turn(TurnWorld.Request() with { MaxTime = TimeSpan.FromSeconds(most) }, "one");
        var running = _world.Runner.RunAsync(turn, _world);
        await Soon.Becomes(() => new ValueTask<int>(turn.Log.NextSequence), static sequence => sequence > 1, "the text is there");
        await Soon.Happens(script.Waiting, "the reply is read");

        _world.Time.Advance(TimeSpan.FromSeconds(passed));

        await Soon.Happens(running, "the turn ends");
        Assert.Equal(TurnErrorKind.UpstreamTimeout, turn.Log.Outcome!.Error!.Kind);
        Assert.Contains(says, turn.Log.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AReplyOfMoreBytesThanAllowed_EndsThereAsTooLong()
    {
        _world.Services.Options.MaxReplyBytes = 65_536;
        var script = _world.Upstream("one").Next();
        for (var i = 0; i < 20; i++)
        {
            script.Says(new string('x', 10_000));
        }

        var turn = await _world.RunAsync("one");

        Assert.Equal((ResponseStatus.Completed, FinishReason.Length), (turn.Log.Status, turn.Log.Outcome!.FinishReason));
        Assert.InRange(turn.Log.Bytes.Length, 65_536, 80_000);
        await Soon.Happens(script.Disposed, "the upstream's connection is given up");
    }

    [Fact]
    public async Task Slice_OfALongReply_ComesInPartsAndEndsWithTheLast()
    {
        var script = _world.Upstream("one").Next();
        for (var i = 0; i < 100; i++)
        {
            script.Says(new string((char)('a' + (i % 26)), 10_000));
        }

        script.Ends();
        var turn = await _world.RunAsync("one");
        var whole = turn.Log.From(0).Text();

        var (text, next, slices) = ("", 0, 0);
        for (var isTerminal = false; !isTerminal; slices++)
        {
            var slice = turn.Slice(Guid.Empty, next);
            Assert.InRange(slice.Events.Bytes.Length, 0, 128 * 1024);
            Assert.Equal(next + slice.Events.Count, slice.NextSequence);
            (text, next, isTerminal) = (text + slice.Events.Text(), slice.NextSequence, slice.IsTerminal);
            Assert.Equal(isTerminal, !turn.IsAwaited);
        }

        Assert.Equal(whole, text);
        Assert.InRange(slices, 8, 11);
    }
}
