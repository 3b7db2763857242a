namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>The tests that share one <see cref="TurnCluster"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTurnCluster : ICollectionFixture<TurnCluster>
{
    public const string Name = "turns";
}
