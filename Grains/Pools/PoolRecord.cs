using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools;

/// <summary>What a pool keeps in storage: no secrets. Counts at least as much use as there was.</summary>
[GenerateSerializer, Alias("flowgpt.PoolRecord")]
public sealed record PoolRecord
{
    /// <summary>Every account that there is something to say of, also those no longer configured.</summary>
    [Id(0)]
    public ImmutableArray<AccountRecord> Accounts { get; init; } = [];

    /// <summary>The leases in flight, when the pool was stopped in order; null when it was still running.</summary>
    [Id(1)]
    public ImmutableArray<HeldLease>? Leases { get; init; }

    /// <summary>When it was made; records of earlier versions do not say.</summary>
    [Id(2)]
    public DateTimeOffset At { get; init; }

    /// <summary>How far the wall clock was ahead of <see cref="At"/> and the other times of this record.</summary>
    [Id(3)]
    public TimeSpan WallAhead { get; init; }

    /// <summary>The number of the write that made it.</summary>
    [Id(4)]
    public long Sequence { get; init; }

    /// <summary>What every account may have used beside what its own record says; null when nothing was noted for all.</summary>
    [Id(5)]
    public SharedReserve? Shared { get; init; }

    /// <summary>The ids of the records that hold the other accounts' records, oldest first. In memory all are in <see cref="Accounts"/>.</summary>
    [Id(6)]
    public ImmutableArray<string> Pages { get; init; } = [];

    /// <summary>The id of the next such record: a record that exists although it is not among <see cref="Pages"/> belongs to a write that was not completed.</summary>
    [Id(7)]
    public string? NextPage { get; init; }

    /// <summary>
    /// How much later its times are by the wall clock of now. Where that clock is behind the record's, it was set back: every time is as long ago as it was when
    /// the record was made.
    /// </summary>
    internal TimeSpan Delta(DateTimeOffset wall)
    {
        var made = At + WallAhead;
        return WallAhead - (At != default && made > wall ? made - wall : TimeSpan.Zero);
    }
}
