namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>What stops a turn.</summary>
public enum StopBy
{
    Caller,
    Deadline,
    LeaseLost,
    Nobody,
    Shutdown,
}
