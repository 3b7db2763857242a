namespace FlowGpt.Tests.Process.Faults;

/// <summary>What a fault may cost.</summary>
/// <param name="Losses">The clients.</param>
/// <param name="Books">The ledger.</param>
internal sealed record Allowance(Losses Losses, Bookkeeping Books)
{
    /// <summary>How long a stream in flight may be silent, and when it must have been told if it cannot go on. Default: 5 s, as for a silo that died.</summary>
    public TimeSpan ErrorWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that no client at all may get anything. Default: 5 s, since no single fault may stop the whole cluster.</summary>
    public TimeSpan OutageWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From when on the time is measured; the fault unless given.</summary>
    public long? Since { get; init; }

    /// <summary>The API process whose connections are lost with it.</summary>
    public ClusterMember? Dead { get; init; }
}
