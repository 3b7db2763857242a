using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Tests.Cluster.Turns;

namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>A turn beside another turn: repeated, joined, locked out, or continuing what an upstream conversation already holds.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class ConversationJoinTests : TurnTests
{
    public ConversationJoinTests(TurnCluster cluster)
        : base(cluster) { }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_RepeatedWhileItRuns_JoinsIt(bool stored)
    {
        var call = Upstream.Next().Says("one ");
        var (grain, turn) = await StartAsync(Cluster.Turn(stored: stored));

        var again = Assert.IsType<StartResult.Accepted>(await grain.Start(turn));
        call.Says("two").Ends();

        Assert.Equal(turn.ResponseId, again.ResponseId);
        Assert.Equal("one two", (await TurnCluster.ReadToEndAsync(grain, turn.ResponseId)).Text);
        Assert.Equal(1, Upstream.Calls);
    }

    [Fact]
    public async Task Start_RepeatedAfterItFailed_TellsTheSameEnd()
    {
        Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.InvalidParameter));
        var (grain, turn) = await StartAsync(Turn() with { IsIdempotent = true });
        var (_, end) = await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);

        Assert.IsType<StartResult.Accepted>(await grain.Start(turn));

        Assert.Equal(end.Outcome, (await TurnCluster.ReadToEndAsync(grain, turn.ResponseId)).End.Outcome);
        Assert.Equal(1, Upstream.Calls);
        Assert.Single(Cluster.Usage.Events);
    }

    [Fact]
    public async Task Start_SameKeyAfterAFailure_RunsAnew()
    {
        Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.InvalidParameter));
        var (grain, turn) = await StartAsync(Turn() with { IsIdempotent = true });
        await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        Upstream.Next().Says("Hi").Ends();

        var retry = Turn() with { IsIdempotent = true };
        Assert.IsType<StartResult.Accepted>(await grain.Start(retry));

        Assert.Equal("Hi", (await TurnCluster.ReadToEndAsync(grain, retry.ResponseId)).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_SameKeyOtherBody_Conflicts(bool running)
    {
        var call = Upstream.Next().Says("Hi");
        var (grain, turn) = await StartAsync(Turn() with { IsIdempotent = true });
        if (!running)
        {
            call.Ends();
            await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        }

        var refused = Assert.IsType<StartResult.Refused>(await grain.Start(Turn("Other.") with { IsIdempotent = true }));

        Assert.Equal(TurnErrorKind.IdempotencyConflict, refused.Error.Kind);
        call.Ends();
        Assert.Equal("Hi", (await TurnCluster.ReadToEndAsync(grain, turn.ResponseId)).Text);
    }

    [Fact]
    public async Task Start_SecondTurnOfAConversationWhileOneRuns_IsLockedOut()
    {
        var call = Upstream.Next().Answers();
        var (grain, turn) = await StartAsync(Cluster.Turn(stored: true));

        var refused = Assert.IsType<StartResult.Refused>(await grain.Start(Cluster.Turn("Second.", stored: true)));

        Assert.Equal((TurnErrorKind.ConversationLocked, "conversation"), (refused.Error.Kind, refused.Error.Param));
        call.Says("Hi").Ends();
        Assert.Equal("Hi", (await TurnCluster.ReadToEndAsync(grain, turn.ResponseId)).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_KeyOfTheLastCompletedTurn_IsAnsweredFromTheRecord(bool afterAnotherFailed)
    {
        Upstream.Next().Says("Hi").Ends();
        var (grain, turn) = await StartAsync(Cluster.Turn(stored: true) with { IsIdempotent = true });
        await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        if (afterAnotherFailed)
        {
            Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.InvalidParameter));
            var failing = Cluster.Turn("Other.", stored: true);
            Assert.IsType<StartResult.Accepted>(await grain.Start(failing));
            await TurnCluster.ReadToEndAsync(grain, failing.ResponseId);
        }
        else
        {
            await Cluster.DeactivateAsync(grain);
        }

        var calls = Upstream.Calls;
        var again = Assert.IsType<StartResult.Accepted>(await grain.Start(Cluster.Turn(stored: true) with { IsIdempotent = true }));

        Assert.Equal(turn.ResponseId, again.ResponseId);
        Assert.Equal("Hi", (await TurnCluster.ReadToEndAsync(grain, again.ResponseId)).Text);
        Assert.Equal(calls, Upstream.Calls);
    }

    [Fact]
    public async Task Affinity_HistoryOfAServedTurn_ContinuesItsUpstreamConversationOnce()
    {
        Upstream.KeepsConversations = true;
        var earlier = await ServeAsync("one", "u1");

        var (first, account) = await RequestOfAsync(Turn("two", earlier));
        var (second, _) = await RequestOfAsync(Turn("two", earlier));

        Assert.Equal(("u1", "a1"), (first.ConversationId, account));
        Assert.Null(second.ConversationId);
        Assert.Equal(3, second.Context.Length);
    }

    [Fact]
    public async Task Affinity_OtherAccountServes_TheWholeContextGoesThere()
    {
        Upstream.KeepsConversations = true;
        var earlier = await ServeAsync("one", "u1");
        Pool.Accounts = ["a2"];

        var (request, account) = await RequestOfAsync(Turn("two", earlier));

        Assert.Equal((null, "a2"), (request.ConversationId, account));
        Assert.Equal(["one", "reply", "two"], request.Context.Select(item => item.TextOf()));
    }

    [Fact]
    public async Task Affinity_UpstreamForgotTheConversation_TheSameAccountGetsTheWholeContext()
    {
        Upstream.KeepsConversations = true;
        var earlier = await ServeAsync("one", "u1");
        Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Caller, FailureReason.Refused));

        var (request, account) = await RequestOfAsync(Turn("two", earlier));

        Assert.Equal((null, "a1"), (request.ConversationId, account));
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("cut")]
    public async Task Affinity_HistoryThatTheUpstreamDoesNotHold_IsSentWhole(string how)
    {
        Upstream.KeepsConversations = true;
        var options = how == "cut" ? new SamplingOptions { Stop = ["STOP"] } : SamplingOptions.Default;
        var reply = how == "cut" ? "replySTOP and more" : "reply";
        var earlier = await ServeAsync("one", "u1", reply, options);

        var (request, _) = await RequestOfAsync(Turn("two", how == "cut" ? earlier : [earlier[0], Messages.Assistant("edited")]));

        Assert.Null(request.ConversationId);
        Assert.Equal(3, request.Context.Length);
    }

    /// <summary>Serves a turn whose upstream conversation has an id, and returns the history a client then has.</summary>
    private async Task<Item[]> ServeAsync(string question, string conversation, string reply = "reply", SamplingOptions? options = null)
    {
        Upstream.Next().Says(reply).Ends().ConversationId = conversation;
        var (text, end) = await RunAsync(Turn(question) with { Sampling = options ?? SamplingOptions.Default });
        Assert.Equal(ResponseStatus.Completed, end.Status);
        return [Messages.User(question), Messages.Assistant(text)];
    }

    private async Task<(Grains.Upstreams.UpstreamCall Request, string Account)> RequestOfAsync(TurnRequest turn)
    {
        var call = Upstream.Next().Says("Hi").Ends();
        var (_, end) = await RunAsync(turn);
        return (await Soon.Happens(call.Opened, "the upstream is called"), end.Serving!.Account);
    }
}
