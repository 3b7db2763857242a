namespace FlowGpt.Tests.Process.Faults;

/// <summary>What a fault may break, and for how long.</summary>
/// <param name="Losses">Which requests may fail.</param>
/// <param name="Books">How exact the ledger must be.</param>
internal sealed record Allowance(Losses Losses, Bookkeeping Books)
{
    /// <summary>How long a stream in flight may be silent, and within which time it must get an error if it cannot continue. Default: 5 s, as for a silo that died.</summary>
    public TimeSpan ErrorWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time in which no client at all gets an answer. Default: 5 s, since no single fault may stop the whole cluster.</summary>
    public TimeSpan OutageWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When the measured times begin; the time of the fault unless given.</summary>
    public long? Since { get; init; }

    /// <summary>The API process that dies together with its connections.</summary>
    public ClusterMember? Dead { get; init; }
}
