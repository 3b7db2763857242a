namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Tests that hurt one shared cluster. They run one after the other and beside no other tests, which would take the processor that the cluster needs to
/// notice a death.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultTests : ICollectionFixture<SharedFaultCluster>
{
    public const string Name = "faults";
}
