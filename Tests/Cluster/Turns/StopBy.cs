namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>What stops a turn.</summary>
public enum StopBy
{
    Caller,
    Deadline,
    LeaseLost,
    Nobody,
    Shutdown,
}
