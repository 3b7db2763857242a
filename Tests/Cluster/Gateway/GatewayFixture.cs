namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>One gateway with accounts without limits, for tests that change none of its state.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    internal Gateway Gateway { get; private set; } = null!;

    // Many of these tests send wrong keys, all from one address: requests of other tests are not delayed for that.
    public async ValueTask InitializeAsync() => Gateway = await Gateway.StartAsync(accounts: 3, "FlowGpt:ClientKeys:FreeWrongKeys=1000");

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
