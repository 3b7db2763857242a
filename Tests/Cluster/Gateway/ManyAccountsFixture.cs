namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>
/// One gateway with so many accounts that those which a test makes fail are not missed by the next, and a breaker that waits for all of them.
/// </summary>
public sealed class ManyAccountsFixture : IAsyncLifetime
{
    private const int Accounts = 80;

    internal Gateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await Gateway.StartAsync(Accounts, $"FlowGpt:Pool:BreakerAccounts={Accounts}");

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
