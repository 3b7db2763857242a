using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>A silo that has lost contact with its cluster: it accepts no turn, sends nothing upstream, and answers with an error.</summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private readonly TurnCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Start_OnASiloThatIsCutOff_IsSentToAnotherOne()
    {
        LoseContact();

        await Assert.ThrowsAsync<GatewayTooBusyException>(() => _cluster.NewPlace().Start(_cluster.Turn()).AsTask());

        Assert.Equal(0, _cluster.Upstream.Calls);
    }

    [Fact]
    public async Task Stream_WhenContactIsLost_EndsInterruptedAndItsUpstreamCallIsStopped()
    {
        var conversation = _cluster.NewPlace();
        var turn = _cluster.Turn();
        var call = _cluster.Upstream.Next().Says("half ");
        await conversation.Start(turn);
        await Soon.Happens(call.Opened, "the call is made");

        _cluster.Registry.StopAll(StopReason.Isolated);
        var (_, end) = await TurnCluster.ReadToEndAsync(conversation, turn.ResponseId);

        Assert.Equal(ResponseStatus.Failed, end.Status);
        Assert.Equal(TurnErrorKind.Interrupted, end.Outcome!.Error!.Kind);
        Assert.Contains("lost contact", end.Outcome.Error.Message, StringComparison.Ordinal);
        await Soon.Happens(call.Disposed, "the connection is closed");
    }

    [Fact]
    public async Task Turn_ThatGetsItsAccountAfterContactIsLost_CallsNobodyAndGivesTheAccountBack()
    {
        _cluster.Pool.Acquires(request =>
        {
            LoseContact();
            return _cluster.Pool.Grant(request);
        });
        var conversation = _cluster.NewPlace();
        var turn = _cluster.Turn();

        await conversation.Start(turn);
        var (_, end) = await TurnCluster.ReadToEndAsync(conversation, turn.ResponseId);

        Assert.Equal(TurnErrorKind.Interrupted, end.Outcome!.Error!.Kind);
        Assert.Equal(0, _cluster.Upstream.Calls);
        var lease = Assert.Single(_cluster.Leases.All);
        await Soon.Happens(lease.Settled, "the account is given back");
        Assert.False(lease.Sent);
    }

    private void LoseContact()
    {
        var rule = new IsolationRule(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
        rule.Condemn();
        _cluster.Contact.Watch(rule);
    }
}
