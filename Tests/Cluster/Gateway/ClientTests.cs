using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Clients that disconnect, and clients that repeat a request.</summary>
[Collection(SharedGateway.Name)]
public sealed class ClientTests
{
    private readonly Gateway _gateway;

    public ClientTests(GatewayFixture fixture) => _gateway = fixture.Gateway;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_Leaves_ClosesTheUpstreamStreamAndReturnsTheLease(bool stream)
    {
        var marker = $"leaving-{stream}";
        using var leaving = new CancellationTokenSource();
        var before = _gateway.Simulator.Truth.Snapshot().Accounts.Sum(account => account.CutByClient);

        var request = _gateway.PostAsync(new ChatBody($"{marker} [[sim: tokens=100000 per=10ms]]") { Stream = stream }, leaving.Token);
        await WaitForTruthAsync(truth => truth.OpenStreams == 1);
        if (stream)
        {
            (await request).Dispose();
        }

        await leaving.CancelAsync();

        await WaitForTruthAsync(truth => truth.OpenStreams == 0 && truth.Accounts.Sum(account => account.CutByClient) == before + 1);
        await _gateway.IdlePoolAsync();
        Assert.Equal(ReplyEnd.CutByClient, _gateway.Simulator.Truth.FindExchange(marker)!.End);
        await Record.ExceptionAsync(() => request);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IdempotencyKey_TwiceAtOnce_IsOneUpstreamChatAndOneAnswer(bool stream)
    {
        var body = new ChatBody($"joined-{stream} [[sim: first=150ms tokens=20]]") { Stream = stream, IdempotencyKey = $"join-{stream}" };
        var before = _gateway.Simulator.Truth.Snapshot().Accepted;

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _gateway.ChatAsync(body)));

        Assert.Equal(1, _gateway.Simulator.Truth.Snapshot().Accepted - before);
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(answer => (answer.Id, answer.Text)).Distinct());
    }

    [Fact]
    public async Task IdempotencyKey_WithAnotherBody_IsRefused()
    {
        var first = await _gateway.ChatAsync(new ChatBody("Say exactly: one") { IdempotencyKey = "other-body" });
        var second = await _gateway.ChatAsync(new ChatBody("Say exactly: two") { IdempotencyKey = "other-body" });

        Assert.Equal("one", first.Text);
        second.AssertError(409, "invalid_request_error", "idempotency_conflict", "Idempotency-Key");
    }

    private Task<Simulator.Truth.TruthSnapshot> WaitForTruthAsync(Func<Simulator.Truth.TruthSnapshot, bool> condition) =>
        Soon.Happens(
            _gateway.Simulator.Truth.WaitUntilAsync(condition, TestContext.Current.CancellationToken),
            "the upstream sees what the client did"
        );
}
