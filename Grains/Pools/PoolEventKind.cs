namespace FlowGpt.Grains.Pools;

/// <summary>Kinds of <see cref="PoolEvent"/>.</summary>
internal enum PoolEventKind
{
    /// <summary>An account cools down after a 429.</summary>
    RateLimited,

    /// <summary>An account cools down after a failure of the service.</summary>
    UpstreamFailed,

    /// <summary>An account's token was refused.</summary>
    Refused,

    /// <summary>A lease ended without being settled.</summary>
    LeaseReclaimed,

    /// <summary>The breaker opened.</summary>
    BreakerOpened,

    /// <summary>The breaker closed.</summary>
    BreakerClosed,
}
