using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>A fault at each step of receiving a reply: which text stays, how the turn ends, what is booked, and that no lease is left.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class ReplyFaultTests : TurnTests
{
    public ReplyFaultTests(TurnCluster cluster)
        : base(cluster) { }

    [Fact]
    public async Task Read_Whole_CompletesAndSettlesWithTheTokensReallyUsed()
    {
        var call = Upstream.Next().Says("Hi ").Says("there").Ends();

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi there", text);
        Assert.Equal((ResponseStatus.Completed, FinishReason.Stop), (end.Status, end.Outcome!.FinishReason));
        var usage = AssertBooked(end, prompt: true, "Hi there", null);
        var lease = Cluster.Leases.Last;
        Assert.True(lease.Answered);
        Assert.Equal((true, usage.Usage.TotalTokens, null), (lease.Sent, lease.ActualTokens, lease.Failure));
        Assert.True(call.Disposed.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Read_BreaksBeforeText_AnotherAccountServes()
    {
        Upstream.Next().Breaks(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.EmptyReply));
        Upstream.Next().Says("Hi").Ends();

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
        Assert.Equal(2, end.Serving!.Attempts);
        Assert.Equal(FailureReason.EmptyReply, Cluster.Leases.All.First().Failure!.Reason);
        AssertBooked(end, prompt: true, "Hi", null);
    }

    [Fact]
    public async Task Read_BreaksInsideALabel_AnotherAccountServesAndNothingOfTheFirstIsLeft()
    {
        Upstream.Next().Says("**GPT-4 Resp").Breaks(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ConnectionReset));
        Upstream.Next().Says("**GPT-4 Response:** Hi").Ends();

        var (text, _) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
    }

    [Theory]
    [InlineData(FailureClass.Upstream, FailureReason.ConnectionReset, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureClass.Upstream, FailureReason.IdleTimeout, TurnErrorKind.UpstreamTimeout)]
    public async Task Read_BreaksAfterText_FailsAndTheTextStands(FailureClass kind, FailureReason reason, TurnErrorKind expected)
    {
        Upstream.Next().Says("Hi ").Breaks(UpstreamScript.Failure(kind, reason));

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi ", text);
        AssertFailed(end, expected);
        Assert.Equal(1, Upstream.Calls);
        AssertBooked(end, prompt: true, "Hi ", expected);
        Assert.Equal(reason, Cluster.Leases.Last.Failure!.Reason);
    }

    [Theory]
    [InlineData(StopBy.Caller)]
    [InlineData(StopBy.Deadline)]
    [InlineData(StopBy.LeaseLost)]
    [InlineData(StopBy.Nobody)]
    [InlineData(StopBy.Shutdown)]
    public async Task Read_StoppedBeforeText_ClosesTheConnection(StopBy by) => await StopWhileReadingAsync(by, "");

    [Theory]
    [InlineData(StopBy.Caller)]
    [InlineData(StopBy.Deadline)]
    [InlineData(StopBy.LeaseLost)]
    [InlineData(StopBy.Nobody)]
    [InlineData(StopBy.Shutdown)]
    public async Task Read_StoppedAfterText_ClosesTheConnectionAndTheTextStands(StopBy by) => await StopWhileReadingAsync(by, "Some text");

    [Fact]
    public async Task Read_TokenLimitReached_EndsTheUpstreamCall()
    {
        var call = Upstream.Next().Says("one two three four five six");

        var (text, end) = await RunAsync(Turn() with { Sampling = new() { MaxOutputTokens = 2 } });

        Assert.Equal("one two", text);
        Assert.Equal(FinishReason.Length, end.Outcome!.FinishReason);
        await Soon.Happens(call.Disposed, "the upstream call is ended");
        AssertBooked(end, prompt: true, "one two", null);
    }

    [Fact]
    public async Task Read_StopStringOccurs_EndsTheUpstreamCall()
    {
        var call = Upstream.Next().Says("before EN").Says("D after");

        var (text, end) = await RunAsync(Turn() with { Sampling = new() { Stop = ["END"] } });

        Assert.Equal("before ", text);
        Assert.Equal(FinishReason.Stop, end.Outcome!.FinishReason);
        await Soon.Happens(call.Disposed, "the upstream call is ended");
    }

    [Fact]
    public async Task Read_TwoReadersAndOneThatResumes_SeeTheSameBytes()
    {
        var call = Upstream.Next().Says("one ");
        var (grain, turn) = await StartAsync(Turn() with { IsIdempotent = true });
        var first = TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        var second = TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        await Soon.Happens(call.Waiting, "the first text was taken");
        var part = await grain.Read(turn.ResponseId, 0, TimeSpan.Zero, CancellationToken.None);
        call.Says("two ").Says("three").Ends();
        var rest = await TurnCluster.ReadToEndAsync(grain, turn.ResponseId, part.NextSequence);

        Assert.Equal("one two three", (await first).Text);
        Assert.Equal("one two three", (await second).Text);
        Assert.Equal("one two three", part.Events.Text() + rest.Text);
    }

    private async Task StopWhileReadingAsync(StopBy by, string text)
    {
        var call = Upstream.Next().Answers();
        if (text.Length > 0)
        {
            call.Says(text);
        }

        var (grain, turn) = await StartAsync(TurnFor(by));
        await Soon.Happens(call.Waiting, "the reply is read");
        var (served, end) = await StopAsync(grain, turn, by);

        await Soon.Happens(call.Cancelled, "the read is cancelled");
        await Soon.Happens(call.Disposed, "the connection is closed");
        AssertStopped(end, by);
        Assert.Equal(text, served);
        AssertBooked(end, prompt: true, text, end.Outcome!.Error?.Kind);
    }
}
