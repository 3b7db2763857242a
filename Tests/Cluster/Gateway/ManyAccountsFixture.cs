namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>
/// One gateway with so many accounts that later tests do not need those which a test makes fail, and a breaker that opens only when all fail.
/// </summary>
public sealed class ManyAccountsFixture : IAsyncLifetime
{
    private const int Accounts = 80;

    internal Gateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await Gateway.StartAsync(Accounts, $"FlowGpt:Pool:BreakerAccounts={Accounts}");

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
