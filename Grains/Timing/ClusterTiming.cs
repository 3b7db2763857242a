namespace FlowGpt.Grains.Timing;

/// <summary>
/// The times that the processes of a cluster must agree on, so that no process does what another process may do by then: in what time a silo is declared dead, and
/// before that has ended its own work. Five are set, the rest is derived; <see cref="Problems"/> says which inequalities do not hold.
/// </summary>
public sealed record ClusterTiming
{
    /// <summary>The longest time that a call waits for news before it is answered without.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>Time between two probes of a silo.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most time given to a probe when silos are slow.</summary>
    public TimeSpan LongestProbe { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes in a row that must fail.</summary>
    public int MissedProbes { get; init; } = 3;

    /// <summary>How long a silo may be without contact before it ends its calls; null for half of <see cref="DeadAfter"/>.</summary>
    public TimeSpan? FenceAfter { get; init; }

    /// <summary>How long a lease lives without renewal.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>In what time a silo whose connections are open, though it does not answer, is declared dead at the earliest.</summary>
    public TimeSpan DeadAfter => LongestProbe * MissedProbes;

    /// <summary>The time without contact, while the process runs, after which a silo ends its calls.</summary>
    public TimeSpan Fence => FenceAfter ?? DeadAfter / 2;

    /// <summary>
    /// The same for a process that did not run, or so slowly that it cannot tell. An answer that took longer may be overtaken: others may have taken the asker
    /// for dead meanwhile, and given on what was granted.
    /// </summary>
    public TimeSpan LongestSilence => DeadAfter * 5 / 6;

    /// <summary>How often a silo looks for its contact.</summary>
    public TimeSpan Watch => Fence / 6;

    /// <summary>How long another silo may take to answer that this silo is alive.</summary>
    public TimeSpan PeerAnswer => Fence / 3;

    /// <summary>The shortest lease: a lease that its silo can no longer renew must not end before that silo has ended the call; the lease was renewed a third of its time ago, or later.</summary>
    public TimeSpan ShortestLease => DeadAfter * 3 / 2;

    /// <summary>Every inequality that does not hold, by the settings' names.</summary>
    public IEnumerable<string> Problems()
    {
        const string membership = "FlowGpt:Membership";
        const string dead = "MaxProbeTimeout x MissedProbes";
        if (LongestProbe < Probe)
        {
            yield return $"{membership}:MaxProbeTimeout is {LongestProbe}, less than ProbeTimeout ({Probe}). Give at least as much.";
        }

        if (FenceAfter > DeadAfter * 2 / 3)
        {
            yield return $"{membership}:FenceAfter is {FenceAfter}, more than two thirds of {dead} ({DeadAfter}): others could take over before a silo that "
                + $"is cut off has ended its calls. Give at most {DeadAfter * 2 / 3}, or raise MaxProbeTimeout.";
        }

        if (Lease < ShortestLease)
        {
            yield return $"FlowGpt:Pool:LeaseTtl is {Lease}, less than one and a half times {membership}:{dead} ({DeadAfter}): the calls of a silo that is cut "
                + $"off could outlive their leases. Give at least {ShortestLease}.";
        }

        if (LongestSilence < Poll + TimeSpan.FromSeconds(0.5))
        {
            yield return $"{membership}:{dead} is {DeadAfter}, less than 3 s: a silo that waits {Poll} for a grant would take the grant for overtaken. Give at "
                + "least 3 s.";
        }
    }
}
