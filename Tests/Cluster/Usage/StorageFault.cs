namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>How a write fails.</summary>
public enum StorageFault
{
    None,
    BeforeCommit,
    AfterCommit,
}
