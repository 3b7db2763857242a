using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A failure of one attempt: another account serves as long as nothing was sent; after that the failure is reported.</summary>
public sealed class RetryTests : IClassFixture<ManyAccountsFixture>
{
    private readonly Gateway _gateway;

    public RetryTests(ManyAccountsFixture fixture)
    {
        _gateway = fixture.Gateway;
        _gateway.Simulator.Truth.Reset();
    }

    [Theory]
    [InlineData(FaultKind.RateLimited)]
    [InlineData(FaultKind.Unauthorized)]
    [InlineData(FaultKind.Forbidden)]
    [InlineData(FaultKind.ServerError)]
    [InlineData(FaultKind.Challenge)]
    [InlineData(FaultKind.Html)]
    [InlineData(FaultKind.EmptyBody)]
    [InlineData(FaultKind.ResetBeforeHeaders)]
    [InlineData(FaultKind.ResetAfter)]
    public async Task Attempt_FailsBeforeText_AnotherAccountServesAndTheClientSeesNothingOfIt(FaultKind kind)
    {
        _gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = kind, Times = 1 },
            }
        );

        var answer = await _gateway.ChatAsync(new ChatBody("Say exactly: served") { Stream = true });

        Assert.Equal((200, "served", "stop", true), (answer.Status, answer.Text, answer.FinishReason, answer.Whole));
        var truth = _gateway.Simulator.Truth.Snapshot();
        Assert.Equal(2, truth.Global.ChatCalls);
        Assert.Equal(2, truth.Accounts.Count(account => account.ChatRequests == 1));
        await _gateway.IdlePoolAsync();
    }

    [Fact]
    public async Task Attempt_CreatingTheConversationFails_AnotherAccountServes()
    {
        _gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = FaultKind.ServerError,
                    Route = FaultRoute.Create,
                    Times = 1,
                },
            }
        );

        var answer = await _gateway.ChatAsync("Say exactly: served");

        Assert.Equal("served", answer.Text);
        var global = _gateway.Simulator.Truth.Snapshot().Global;
        Assert.Equal((2, 1), (global.CreateCalls, global.ChatCalls));
    }

    [Theory]
    [InlineData("reset-after:2")]
    [InlineData("close-after:2")]
    public async Task Reply_BreaksOff_IsNeverCalledWhole(string fault)
    {
        // The pause keeps the upstream's failure apart from its text: a failure that is known before any text was read is answered with its HTTP status.
        var answer = await _gateway.ChatAsync(new ChatBody($"Say exactly: a b c d [[sim: flush per=1s fault={fault}]]") { Stream = true });

        Assert.Equal((200, "a b", false, null), (answer.Status, answer.Text, answer.Whole, answer.FinishReason));
        Assert.Equal("upstream_error", (string)answer.Error!["code"]!);
        Assert.DoesNotContain("[DONE]", answer.Body);
        await _gateway.IdlePoolAsync();
    }

    [Theory]
    [InlineData("server-error", 502, "upstream_error")]
    [InlineData("empty-body", 502, "upstream_error")]
    [InlineData("reset-before-headers", 502, "upstream_error")]
    [InlineData("bad-request", 400, "refused_by_upstream")]
    public async Task Upstream_FailsEverywhere_IsToldAfterTwoAttemptsAndWithoutItsText(string fault, int status, string code)
    {
        Assert.Equal(200, (await _gateway.ChatAsync("Say exactly: served")).Status);
        await _gateway.IdlePoolAsync();
        _gateway.Simulator.Truth.Reset();

        var answer = await _gateway.ChatAsync($"Hello [[sim: fault={fault}]]");

        answer.AssertError(status, status == 400 ? "invalid_request_error" : "server_error", code, null);
        Assert.Equal(2, _gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
        Assert.DoesNotContain("njected", answer.Body);
        Assert.DoesNotContain("<", answer.Body);
        await _gateway.IdlePoolAsync();
    }
}
