namespace FlowGpt.Grains.Pools;

/// <summary>Kinds of <see cref="PoolEvent"/>.</summary>
internal enum PoolEventKind
{
    /// <summary>An account cools down after a 429.</summary>
    RateLimited,

    /// <summary>An account cools down after a failure of the service.</summary>
    UpstreamFailed,

    /// <summary>The upstream refused an account for certain: its token, or its credit is used up.</summary>
    Refused,

    /// <summary>An account refused what another account served.</summary>
    Contradicted,

    /// <summary>A request was to blame for its refusals.</summary>
    Convicted,

    /// <summary>An account with a mark serves again.</summary>
    MarkEnded,

    /// <summary>A lease ended without being settled.</summary>
    LeaseReclaimed,

    /// <summary>The breaker opened.</summary>
    BreakerOpened,

    /// <summary>The breaker closed.</summary>
    BreakerClosed,
}
