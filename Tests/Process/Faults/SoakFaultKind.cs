namespace FlowGpt.Tests.Process.Faults;

/// <summary>What the soak does to a cluster. The order is part of what a seed means: add new ones at the end.</summary>
internal enum SoakFaultKind
{
    KillSilo,
    StopSilo,

    /// <summary>SIGSTOP; it ends itself or is ended when it is healed.</summary>
    FreezeSilo,
    KillFrontend,

    /// <summary>In order, but nginx is not told before.</summary>
    StopFrontend,
    KillRedis,
    FreezeRedis,
}
