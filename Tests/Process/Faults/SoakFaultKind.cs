namespace FlowGpt.Tests.Process.Faults;

/// <summary>The faults that the soak makes. A seed depends on their order: add new kinds at the end.</summary>
internal enum SoakFaultKind
{
    KillSilo,
    StopSilo,

    /// <summary>SIGSTOP; the process ends itself, or is ended when the fault is healed.</summary>
    FreezeSilo,
    KillFrontend,

    /// <summary>An orderly stop without removing the process from nginx before.</summary>
    StopFrontend,
    KillRedis,
    FreezeRedis,
}
