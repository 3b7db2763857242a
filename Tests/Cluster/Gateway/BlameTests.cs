using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Whose fault a refusal is: a second opinion decides, clients of healthy accounts notice nothing, and no account is out for ever.</summary>
public sealed class BlameTests
{
    private const string Soonest = "FlowGpt:Pool:BreakerFirstDelay=00:00:00.2";

    [Fact]
    public async Task ForbiddenContent_TheRequestIsToBlame_AndEveryAccountGoesOn()
    {
        await using var gateway = await WarmAsync(4);
        gateway.Simulator.Truth.SetBehaviour(
            new()
            {
                Fault = new() { Kind = FaultKind.Forbidden, Contains = "poison" },
            }
        );

        for (var i = 0; i < 2; i++)
        {
            (await gateway.ChatAsync($"poison {i}")).AssertError(400, "invalid_request_error", "refused_by_upstream", null);
        }

        Assert.All(await ManyAsync(gateway, 16), static answer => Assert.Equal(200, answer.Status));
        var pool = await gateway.IdlePoolAsync();
        Assert.All(pool.Accounts, static account => Assert.Equal((AccountState.Ready, 0), (account.State, account.Marks.Length)));
        Assert.Contains(
            await gateway.Pool.GetDecisions(),
            static decision => decision.Why.EndsWith("so the request is to blame", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task ForbiddenContent_SentAgain_IsRefusedWithoutAskingTheUpstream()
    {
        await using var gateway = await WarmAsync(4);
        gateway.Simulator.Truth.SetBehaviour(
            new()
            {
                Fault = new() { Kind = FaultKind.Forbidden, Contains = "poison" },
            }
        );
        Assert.Equal(400, (await gateway.ChatAsync("poison")).Status);
        var calls = gateway.Simulator.Truth.Snapshot().Global.ChatCalls;

        var again = await ManyAsync(gateway, 8, static _ => "poison");

        Assert.All(again, static answer => answer.AssertError(400, "invalid_request_error", "refused_by_upstream", null));
        Assert.Equal(calls, gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
    }

    [Fact]
    public async Task EveryTokenRefused_ForAWhile_IsServedAgainWithoutAnOperator()
    {
        await using var gateway = await WarmAsync(4, Soonest);
        gateway.Simulator.Truth.SetBehaviour(Fault(FaultKind.Unauthorized));
        for (var i = 0; !(await gateway.Pool.GetSnapshot()).BreakerOpen; i++)
        {
            Assert.True(i < 50, "the breaker opens");
            Assert.Equal(503, (await gateway.ChatAsync($"while refused {i}")).Status);
        }

        gateway.Simulator.Truth.SetBehaviour(new());

        Assert.All(await ManyAsync(gateway, 8), static answer => Assert.Equal(200, answer.Status));
        var pool = await gateway.IdlePoolAsync();
        Assert.Equal((false, 0), (pool.BreakerOpen, pool.Accounts.Sum(static account => account.Marks.Length)));
    }

    [Theory]
    [InlineData(FaultKind.PaymentRequired, FailureReason.QuotaExceeded, false)]
    [InlineData(FaultKind.Locked, FailureReason.Refused, true)]
    [InlineData(FaultKind.OrganizationDisabled, FailureReason.Refused, true)]
    [InlineData(FaultKind.NotFound, FailureReason.Refused, true)]
    public async Task OneAccountRefusesAll_ClientsNoticeNothing_AndItGetsNoShare(FaultKind kind, FailureReason reason, bool compared)
    {
        await using var gateway = await WarmAsync(4);
        gateway.Simulator.Truth.SetBehaviour("a2", Fault(kind));
        var before = gateway.Simulator.Truth.Account("a2").ChatRequests;

        var answers = await ManyAsync(gateway, 40);
        for (var i = 0; i < 12; i++)
        {
            answers = [.. answers, await gateway.ChatAsync($"one after the other {i}")];
        }

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        var account = (await gateway.IdlePoolAsync()).Accounts.Single(static account => account.Name == "a2");
        var mark = Assert.Single(account.Marks);
        Assert.Equal((reason, compared), (mark.Reason, mark.SecondOpinionBy is not null));
        Assert.True(mark.ProbeAt > mark.Since);
        Assert.InRange(gateway.Simulator.Truth.Account("a2").ChatRequests - before, 0, 20);
        if (compared)
        {
            Assert.Contains(
                await gateway.Pool.GetDecisions(),
                static decision => decision.Why.EndsWith("so a2 is to blame", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task OneAccountAlone_TokenRefused_Is503AndNamesTheAccountToOperatorsAlone()
    {
        await using var gateway = await Gateway.StartAsync(1);
        gateway.Simulator.Truth.SetBehaviour(Fault(FaultKind.Unauthorized));

        var answer = await gateway.ChatAsync("Hello");

        answer.AssertError(503, "server_error", "service_unavailable", null);
        Assert.DoesNotContain("a1", answer.Body, StringComparison.Ordinal);
        var account = (await gateway.IdlePoolAsync()).Accounts.Single();
        Assert.Equal((AccountState.Refused, FailureReason.Unauthorized), (account.State, account.Marks.Single().Reason));
    }

    [Fact]
    public async Task NobodyToCompareWith_Is503_AndNothingIsRemembered()
    {
        await using var gateway = await Gateway.StartAsync(2);
        gateway.Simulator.Truth.SetBehaviour(Fault(FaultKind.Forbidden));
        Assert.Equal(503, (await gateway.ChatAsync("Hello")).Status);

        gateway.Simulator.Truth.SetBehaviour(new());

        Assert.Equal(200, (await gateway.ChatAsync("Hello")).Status);
        Assert.All((await gateway.IdlePoolAsync()).Accounts, static account => Assert.Empty(account.Marks));
    }

    [Fact]
    public async Task ContinuedConversation_IsGone_BeginsAnewAndChargesNobody()
    {
        await using var gateway = await WarmAsync(2);
        var first = await gateway.ChatAsync("Say exactly: one");
        await gateway.IdlePoolAsync();
        gateway.Simulator.Truth.ForgetConversations();

        var second = await gateway.ChatAsync(
            new ChatBody("Say exactly: two") { Earlier = [("user", "Say exactly: one"), ("assistant", first.Text)] }
        );

        Assert.Equal((200, "two"), (second.Status, second.Text));
        Assert.All(
            (await gateway.IdlePoolAsync()).Accounts,
            static account => Assert.Equal((AccountState.Ready, 0, 0), (account.State, account.Marks.Length, account.Failures.Length))
        );
    }

    /// <summary>Each account has served recently.</summary>
    private static async Task<Gateway> WarmAsync(int accounts, params string[] settings)
    {
        var gateway = await Gateway.StartAsync(accounts, settings);
        for (var i = 0; i < accounts; i++)
        {
            Assert.Equal(200, (await gateway.ChatAsync($"warm {i}")).Status);
            await gateway.IdlePoolAsync();
        }

        return gateway;
    }

    private static Task<ChatAnswer[]> ManyAsync(Gateway gateway, int count, Func<int, string>? text = null) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => gateway.ChatAsync(text?.Invoke(i) ?? $"harmless {i}")));

    private static BehaviourSettings Fault(FaultKind kind) => new() { Fault = new FaultSettings { Kind = kind } };
}
