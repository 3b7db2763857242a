using System.ComponentModel.DataAnnotations;
using FlowGpt.Grains.Timing;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// How fast silos notice that a silo has died. Section <see cref="Section"/>. Shorter finds a death sooner and mistakes a pause (garbage
/// collection, a starved machine) for a death more easily; a silo that was wrongly declared dead ends itself. The defaults were measured: a killed silo's
/// work is served again in about 3 s, a frozen silo's in about 12 s.
/// </summary>
internal sealed class MembershipOptions
{
    public const string Section = "FlowGpt:Membership";

    /// <summary>Time between two probes of a silo. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most time given to a probe when silos are slow. A silo with an open connection counts as alive for this time multiplied by the missed probes. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:02:00")]
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes in a row that must fail. Default: 3.</summary>
    [Range(1, 20)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>How often a silo writes that it is alive. After three missed writes a restarted cluster takes the silo for dead. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan IAmAliveInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a silo reads the table of silos, should a message about a change be lost. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a silo may be without contact to Redis and to the other silos before it takes itself for cut off: it ends its upstream calls and begins none,
    /// so that the silos which take over its work find the accounts free. Shorter: the silo stops sooner in an outage of the network that no other silo has noticed.
    /// Longer, up to two thirds of the time in which the others declare it dead (<see cref="MaxProbeTimeout"/> times <see cref="MissedProbes"/>): it rides out
    /// longer outages. Default: half of that time, 3 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")]
    public TimeSpan? FenceAfter { get; set; }

    /// <summary>These times together with how long leases live.</summary>
    internal ClusterTiming Timing(TimeSpan lease) =>
        new()
        {
            Probe = ProbeTimeout,
            LongestProbe = MaxProbeTimeout,
            MissedProbes = MissedProbes,
            FenceAfter = FenceAfter,
            Lease = lease,
        };
}
