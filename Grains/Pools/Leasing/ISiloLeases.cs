using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>
/// Keeps this silo's leases alive: renews them in one call per pool every third of their TTL, cancels those that their pool gave up, and
/// reports to a new activation of a pool which leases are held here. One per silo; thread-safe.
/// </summary>
public interface ISiloLeases
{
    /// <summary>This silo's address as <see cref="AcquireRequest.HolderSilo"/> wants it.</summary>
    string HolderSilo { get; }

    /// <summary>
    /// Takes a granted lease into keeping. Call it as soon as the grant is there, and end every held lease with
    /// <see cref="IHeldLease.Settle"/>; a lease that is not settled is renewed until the process ends.
    /// </summary>
    /// <param name="pool">The key of the pool grain that granted it.</param>
    /// <param name="lease">The granted lease.</param>
    /// <param name="turn">The turn it serves.</param>
    IHeldLease Hold(string pool, Lease lease, LeasedTurn turn);

    /// <summary>What a lease's call authenticates with. To be asked for where the call is made, and kept nowhere.</summary>
    UpstreamCredential CredentialOf(Lease lease);

    /// <summary>How many leases of a pool are held here.</summary>
    int CountOf(string pool);
}
