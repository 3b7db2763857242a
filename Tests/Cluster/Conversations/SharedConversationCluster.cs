namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>The tests that share one <see cref="ConversationCluster"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedConversationCluster : ICollectionFixture<ConversationCluster>
{
    public const string Name = "conversations";
}
