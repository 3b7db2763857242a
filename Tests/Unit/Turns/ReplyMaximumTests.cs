using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>How many tokens a reply should have where tokens are limited.</summary>
public sealed class ReplyMaximumTests
{
    [Theory]
    [InlineData(5, null, null, 5)]
    [InlineData(100_000, 4096, 8192, 100_000)]
    [InlineData(null, null, null, 8192)]
    [InlineData(null, 4096, null, 4096)]
    [InlineData(null, null, 4096, 2971)]
    [InlineData(null, null, 1024, 64)]
    [InlineData(null, 10, 1024, 10)]
    public void For_WhatTheRequestNamesElseWhatFits(int? named, int? ofKind, int? window, int expected) =>
        Assert.Equal(expected, new ReplyMaximum(named, 8192).For(ofKind, window, promptTokens: 1000));

    [Theory]
    [InlineData(null, 8192, FailureReason.InvalidParameter, "max_tokens", true)]
    [InlineData(null, 8192, FailureReason.InvalidParameter, "max_completion_tokens", true)]
    [InlineData(null, 8192, FailureReason.ContextTooLong, "messages", true)]
    [InlineData(null, 8192, FailureReason.InvalidParameter, "tools", false)]
    [InlineData(null, 8192, FailureReason.Refused, null, false)]
    [InlineData(null, null, FailureReason.InvalidParameter, "max_tokens", false)]
    [InlineData(9000, 9000, FailureReason.InvalidParameter, "max_tokens", false)]
    public void Lower_OnlyAMaximumThatTheClientDidNotName_AndOnlyOnce(
        int? named,
        int? sent,
        FailureReason reason,
        string? param,
        bool expected
    )
    {
        var maximum = new ReplyMaximum(named, 8192) { Sent = sent };
        var failure = new UpstreamFailure(FailureClass.Caller, reason, 400, null, "", param);

        Assert.Equal(expected, maximum.Lower(failure));
        Assert.False(maximum.Lower(failure));
        Assert.Equal(expected ? 1024 : named ?? 8192, maximum.For(null, null, 100));
    }

    /// <summary>An upstream that takes a maximum is sent what is reserved, and never more.</summary>
    [Theory]
    [InlineData(null, true, true, 8192)]
    [InlineData(null, true, false, 10)]
    [InlineData(5, true, true, 5)]
    [InlineData(3000, true, true, 3000)]
    [InlineData(3000, true, false, 10)]
    [InlineData(int.MaxValue, true, false, 10)]
    [InlineData(null, false, true, null)]
    [InlineData(3000, false, false, 3000)]
    public async Task Run_AnUpstreamThatTakesAMaximum_IsSentNoMoreThanIsReserved(int? named, bool isLimited, bool topUps, int? expected)
    {
        var upstream = new ScriptedUpstream();
        using var world = new TurnWorld(
            new ScriptedKind("capped", _ => upstream) { Capabilities = static () => ModelCapabilities.OutputLimit }
        );
        var turn = world.Turn(TurnWorld.Request() with { Sampling = new() { MaxOutputTokens = named } }, "one");
        var lease = ((AcquireResult.Granted)ScriptedPool.Granted("one-1", "one")).Lease;
        world.Pool("one").Otherwise = _ => new AcquireResult.Granted(
            lease with
            {
                LimitsTokens = isLimited,
                Tokens = turn.PromptTokens + 10,
            }
        );
        world.Leases.TopUps = topUps;
        var script = upstream.Next().Says("Hi").Ends();

        await world.RunAsync(turn);

        Assert.Equal(expected, (await script.Opened).Sampling.MaxOutputTokens);
    }

    /// <summary>The client named no maximum: the model's own maximum is found by asking again with a small one.</summary>
    [Fact]
    public async Task Run_AMaximumOfOursIsRefused_IsRepeatedWithASmallerOne()
    {
        var upstream = new ScriptedUpstream();
        using var world = new TurnWorld(
            new ScriptedKind("capped", _ => upstream) { Capabilities = static () => ModelCapabilities.OutputLimit }
        );
        var turn = world.Turn(TurnWorld.Request(), "one");
        var lease = ((AcquireResult.Granted)ScriptedPool.Granted("one-1", "one")).Lease;
        world.Pool("one").Otherwise = _ => new AcquireResult.Granted(lease with { LimitsTokens = true, Tokens = turn.PromptTokens + 2048 });
        var refusal = new UpstreamFailure(FailureClass.Caller, FailureReason.InvalidParameter, 400, null, "too large", "max_tokens");
        upstream.Next().FailsToOpen(new UpstreamException(refusal));
        var second = upstream.Next().Says("Hi").Ends();

        await world.RunAsync(turn);

        Assert.Equal((1024, "Hi"), ((await second.Opened).Sampling.MaxOutputTokens, turn.Log.From(0).Text()));
    }
}
