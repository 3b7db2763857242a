using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The accounts file changed while the product runs.</summary>
public sealed class AccountChangeTests
{
    [Fact]
    public async Task File_AccountAddedAndRemoved_TakesEffectWithoutARestartAndWithoutDroppingAStream()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);
        var stream = gateway.ChatAsync(new ChatBody("in flight [[sim: tokens=40 per=40ms]]") { Stream = true });
        await gateway.Simulator.Truth.WaitUntilAsync(truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken);

        gateway.WriteAccounts(new GatewayAccount("a2"));
        await Soon.Becomes(gateway.Pool.GetSnapshot, pool => Names(pool).Contains("a2"), "the new account is there");
        var next = await gateway.ChatAsync("Say exactly: from a2");

        Assert.Equal("from a2", next.Text);
        Assert.Equal(1, gateway.Simulator.Truth.Account("a2").Accepted);
        var answer = await stream;
        Assert.Equal((true, "stop"), (answer.Whole, answer.FinishReason));
        Assert.Equal(gateway.Simulator.Truth.FindExchange("in flight")!.Text, answer.Text);
        Assert.Equal(1, gateway.Simulator.Truth.Account("a1").Accepted);
        await Soon.Becomes(gateway.Pool.GetSnapshot, pool => !Names(pool).Contains("a1"), "the old account is gone");
    }

    [Fact]
    public async Task File_TokenReplaced_RevivesTheAccount()
    {
        await using var gateway = await Gateway.StartAsync([new GatewayAccount("a1")]);
        gateway.Simulator.Truth.ConfigureAccount("a1", new AccountSettings { RevokeTokens = true });
        Assert.Equal(503, (await gateway.ChatAsync("Hello")).Status);
        await Soon.Becomes(gateway.Pool.GetSnapshot, pool => pool.Accounts[0].State == AccountState.Refused, "the account is out");

        gateway.WriteAccounts(new GatewayAccount("a1"));
        await Soon.Becomes(gateway.Pool.GetSnapshot, pool => pool.Accounts[0].State == AccountState.Ready, "the account is back");

        Assert.Equal("served", (await gateway.ChatAsync("Say exactly: served")).Text);
    }

    private static IEnumerable<string> Names(PoolSnapshot pool) => pool.Accounts.Select(account => account.Name);
}
