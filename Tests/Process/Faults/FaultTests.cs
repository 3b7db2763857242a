namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Tests that make faults in one shared cluster. They run one after the other and with no other tests at the same time, which would use the processor that the cluster needs to
/// notice a death.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultTests : ICollectionFixture<SharedFaultCluster>
{
    public const string Name = "faults";
}
