using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>A lease as its pool knows it.</summary>
internal sealed class LeaseEntry : MeterUse
{
    public required Guid Id { get; init; }

    public required PoolAccount Account { get; init; }

    public required string HolderSilo { get; init; }

    /// <summary>The token it was granted with; null when another activation granted it.</summary>
    public required string? TokenHash { get; init; }

    /// <summary>The turn it serves; null when that is not known.</summary>
    public LeasedTurn? Turn { get; init; }

    /// <summary>When it was granted; for a lease taken over, when that happened.</summary>
    public required DateTimeOffset Granted { get; init; }

    /// <summary>When it ends unless renewed.</summary>
    public DateTimeOffset Expires { get; set; }

    /// <summary>What it was granted for; null when another activation granted it.</summary>
    public AcquireRequest? Request { get; init; }

    /// <summary>The refusal that this call gives the second opinion on; null when it gives none.</summary>
    public Refusal? Examines { get; init; }

    /// <summary>Whether the pool waits for it: see <see cref="Lease.IsProbe"/>.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Whether what the upstream answered has been weighed.</summary>
    public bool IsWeighed { get; set; }

    /// <summary>Tokens of prompt and reply that were used so far, as its holder last reported them.</summary>
    public long Used { get; set; }

    /// <summary>Whether its silo is dead, and the turn with it: what the call used is then booked here, once.</summary>
    public bool IsHolderDead { get; set; }

    /// <summary>Whether the upstream began to answer.</summary>
    public bool Answered { get; set; }
}
