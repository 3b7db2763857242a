using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>A turn tries one target after the other until one serves, and ends at once at any failure of the machinery.</summary>
public sealed class TurnRunnerTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Run_FirstTargetFailsBeforeAnyEvent_TheNextServes()
    {
        _world.Upstream("one").Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ServerError));
        var call = _world.Upstream("two").Next().Says("Hi").Ends();

        var turn = await _world.RunAsync("one", "two");

        Assert.Equal("Hi", turn.Log.From(0).Text());
        Assert.Equal((ResponseStatus.Completed, "two-1", 2), (turn.Log.Status, turn.Serving!.Account, turn.Serving.Attempts));
        Assert.Equal(("two", "model-of-two"), (turn.Target!.Pool, turn.Target.Model));
        Assert.Equal(turn.Target, (await call.Opened).Target);
        Assert.Equal(["one-1", "two-1"], _world.Ends.Single().Calls!);
    }

    [Fact]
    public async Task Run_FirstTargetBreaksBeforeAnyEvent_TheNextServes()
    {
        _world.Upstream("one").Next().Breaks(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ConnectionReset));
        _world.Upstream("two").Next().Says("Hi").Ends();

        var turn = await _world.RunAsync("one", "two");

        Assert.Equal("Hi", turn.Log.From(0).Text());
    }

    [Fact]
    public async Task Run_FirstTargetBreaksAfterAnEvent_FailsAndNoOtherIsAsked()
    {
        _world
            .Upstream("one")
            .Next()
            .Gives(static events => events.Append(EventKind.ToolCallStarted, 0, "0\0c\0f"u8))
            .Breaks(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ConnectionReset));

        var turn = await _world.RunAsync("one", "two");

        AssertFailed(turn, TurnErrorKind.UpstreamFailed);
        Assert.Equal(0, _world.Upstream("two").Calls);
        // A tool call that is not whole is no item.
        Assert.Empty(turn.Log.ToItems());
    }

    [Fact]
    public async Task Run_FirstPoolHasNoAccount_TheNextServesWithoutAWait()
    {
        _world.Pool("one").Otherwise = _ => new AcquireResult.Rejected(RejectReason.NoUsableAccount, null);
        _world.Upstream("two").Next().Says("Hi").Ends();

        var turn = await _world.RunAsync("one", "two");

        Assert.Equal(ResponseStatus.Completed, turn.Log.Status);
        Assert.Equal(TimeSpan.Zero, Assert.Single(_world.Pool("one").Requests).MaxWait);
        Assert.Equal(TimeSpan.Zero, Assert.Single(_world.Pool("two").Requests).MaxWait);
    }

    [Fact]
    public async Task Run_CallersMistake_IsToldAndNoOtherTargetIsAsked()
    {
        _world.Upstream("one").Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.InvalidParameter));

        AssertFailed(await _world.RunAsync("one", "two"), TurnErrorKind.RefusedByUpstream);
        Assert.Equal(0, _world.Upstream("two").Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_PromptThatTheUpstreamFindsTooLong_IsRefusedWithTheTokensOfItsTools(bool hasTools)
    {
        _world.Upstream("one").Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.ContextTooLong));
        var request = TurnWorld.Request() with
        {
            Tools = hasTools ? [new(ToolKind.Function, "get_weather", "Tells the weather.", null)] : [],
        };
        var tokens = _world.Services.Tokens.CountTools(request);

        var turn = await _world.RunAsync(_world.Turn(request, "one"));

        AssertFailed(turn, TurnErrorKind.ContextLengthExceeded);
        Assert.Equal(
            hasTools,
            turn.Log.Outcome!.Error!.Message.Contains($"The tools alone have {tokens} tokens.", StringComparison.Ordinal)
        );
    }

    /// <summary>The text of a reply whose tokens are limited is held back until the tokens are reserved: the client never gets more than that.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TokensAreLimited_TheClientGetsNoMoreThanIsReserved(bool topUps)
    {
        var turn = _world.Turn(TurnWorld.Request(), "one");
        var lease = ((AcquireResult.Granted)ScriptedPool.Granted("one-1", "one")).Lease;
        _world.Pool("one").Otherwise = _ => new AcquireResult.Granted(lease with { LimitsTokens = true, Tokens = turn.PromptTokens + 10 });
        _world.Leases.TopUps = topUps;
        _world.Upstream("one").Next().Says(string.Concat(Enumerable.Repeat(" word", 200))).Ends();

        await _world.RunAsync(turn);

        Assert.Equal(topUps ? 200 : 10, _world.Services.Tokens.Count(turn.Log.Bytes));
        Assert.Equal(topUps ? FinishReason.Stop : FinishReason.Length, turn.Log.Outcome!.FinishReason);
        // The received text counts as used.
        Assert.Equal(turn.PromptTokens + 200, Assert.Single(_world.Leases.All).ActualTokens);
    }

    [Fact]
    public async Task Run_PoolThatIsNotKnown_IsPassedOver()
    {
        _world.Pools.Define("gone", null);
        _world.Upstream("two").Next().Says("Hi").Ends();

        Assert.Equal("Hi", (await _world.RunAsync("gone", "two")).Log.From(0).Text());
    }

    [Fact]
    public async Task Run_NoTargetsPoolIsKnown_FailsAtOnceAndNamesTheModel()
    {
        _world.Pools.Define("gone", null);
        _world.Pools.Define("other", new PoolDefinition { Name = "other", Kind = "no-such-kind" });

        var turn = await _world.RunAsync("gone", "other");

        AssertFailed(turn, TurnErrorKind.NoUsableAccount);
        Assert.Contains("'route'", turn.Log.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.False(_world.Ends.Single().Sent);
    }

    [Fact]
    public async Task Run_UpstreamThatCannotBeMade_FailsAtOnce()
    {
        using var world = new TurnWorld(new ScriptedKind("scripted", _ => throw new InvalidOperationException("secret")));

        var turn = await world.RunAsync("one");

        AssertFailed(turn, TurnErrorKind.Internal);
        Assert.DoesNotContain("secret", turn.Log.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, world.Leases.All.Count(lease => lease.Sent));
    }

    [Fact]
    public async Task Admit_UpstreamThatCannotBeMade_IsNoneOfItsConcern()
    {
        using var world = new TurnWorld(new ScriptedKind("scripted", _ => throw new InvalidOperationException("secret")));
        var turn = world.Turn(TurnWorld.Request(), "one");

        var (admitted, refused) = await world.Runner.AdmitAsync(turn.Request, turn.Route, turn.Context, turn.PromptTokens);

        Assert.Null(refused);
        Assert.Equal(turn.Targets, admitted!.Targets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_UpstreamThatThrowsADefect_FailsAtOnceAndSettlesTheLease(bool whileReading)
    {
        var call = _world.Upstream("one").Next();
        _ = whileReading ? call.Breaks(new NotSupportedException("secret")) : call.FailsToOpen(new NotSupportedException("secret"));

        var turn = await _world.RunAsync("one", "two");

        AssertFailed(turn, TurnErrorKind.Internal);
        Assert.True(Assert.Single(_world.Leases.All).Sent);
        Assert.Equal(0, _world.Upstream("two").Calls);
    }

    [Fact]
    public async Task Run_EventsOutOfOrder_AreADefectOfTheUpstream()
    {
        _world.Upstream("one").Next().Gives(static events => events.Append(EventKind.TextDelta, 0, "text"u8));

        AssertFailed(await _world.RunAsync("one"), TurnErrorKind.Internal);
    }

    [Fact]
    public async Task Run_JournalThatFails_TellsReadersAtOnce()
    {
        _world.Upstream("one").Next().Says("Hi").Ends();
        _world.OnEnd = new IOException("secret");

        var turn = await _world.RunAsync("one");

        AssertFailed(turn, TurnErrorKind.Internal);
        Assert.DoesNotContain("secret", turn.Log.Outcome!.Error!.Message, StringComparison.Ordinal);
        // The text that was served counts as used.
        Assert.True(turn.Log.Outcome.Usage.CompletionTokens > 0);
        Assert.Equal([turn.Log.Outcome.Usage.TotalTokens], _world.SettledKeys);
    }

    /// <summary>Some servers do not count, and say so with zeros; budgets would never be used up.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(12, 0)]
    [InlineData(0, 5)]
    [InlineData(-3, 5)]
    public async Task Run_UsageWithoutTokensOfWhatWasSent_IsCountedHere(int prompt, int completion)
    {
        _world.Upstream("one").Next().Says("Hello there, all of you.").Ends().Usage = new TokenUsage(
            prompt,
            completion,
            0,
            0,
            UsageOrigin.Reported
        );
        var turn = _world.Turn(TurnWorld.Request(), "one");

        await _world.RunAsync(turn);

        var usage = turn.Log.Outcome!.Usage;
        Assert.Equal((turn.PromptTokens, UsageOrigin.Counted), (usage.PromptTokens, usage.Origin));
        Assert.True(usage.CompletionTokens > 0);
    }

    [Fact]
    public async Task Run_UsageThatTheProviderReports_IsBooked()
    {
        var reported = new TokenUsage(100, 7, 40, 3, UsageOrigin.Reported);
        _world.Upstream("one").Next().Says("Hi").Ends().Usage = reported;

        var turn = await _world.RunAsync("one");

        Assert.Equal(reported, turn.Log.Outcome!.Usage);
        Assert.Equal(107, Assert.Single(_world.Leases.All).ActualTokens);
    }

    [Fact]
    public async Task Run_StopStrings_AreLeftToAnUpstreamThatHasThem()
    {
        var kind = new ScriptedKind("scripted", pool => _world.Upstream(pool.Name)) { Capabilities = () => ModelCapabilities.StopStrings };
        using var world = new TurnWorld(kind);
        var request = TurnWorld.Request() with { Sampling = new() { Stop = ["END"] } };
        var (first, second) = (
            _world.Upstream("one").Next().Says("one END two").Ends(),
            _world.Upstream("one").Next().Says("one END two").Ends()
        );

        var left = await world.RunAsync(world.Turn(request, "one"));
        var cut = await _world.RunAsync(_world.Turn(request, "one"));

        Assert.Equal(("one END two", "one "), (left.Log.From(0).Text(), cut.Log.From(0).Text()));
        Assert.Equal(["END"], (await first.Opened).Sampling.Stop);
        Assert.True(second.Disposed.IsCompleted);
    }

    /// <summary>For any events of an upstream, the log has exactly these, and the items that are whole.</summary>
    [Property(MaxTest = 50, Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public async Task Run_AnyReply_IsTheLog(EventSequence given)
    {
        using var world = new TurnWorld();
        var call = world.Upstream("one").Next().Answers();
        foreach (var one in given.Events)
        {
            call.Gives(new EventSequence([one]).GiveTo);
        }

        call.Ends();
        var expected = new ResponseLog();
        given.GiveTo(expected);

        var turn = await world.RunAsync("one");

        Assert.Equal(ResponseStatus.Completed, turn.Log.Status);
        Assert.Equal(expected.From(0).Heads, turn.Log.From(0).Heads);
        Assert.Equal(expected.From(0).Bytes, turn.Log.From(0).Bytes);
    }

    private static void AssertFailed(ActiveTurn turn, TurnErrorKind kind)
    {
        Assert.Equal((ResponseStatus.Failed, kind), (turn.Log.Status, turn.Log.Outcome!.Error?.Kind));
        Assert.Null(turn.Log.Outcome.FinishReason);
    }
}
