namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The tests that share one <see cref="GatewayFixture"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGateway : ICollectionFixture<GatewayFixture>
{
    public const string Name = "gateway";
}
