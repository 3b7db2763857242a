namespace FlowGpt.Grains.Pools.Health;

/// <summary>States of the pool's breaker.</summary>
internal enum BreakerState
{
    /// <summary>Calls flow.</summary>
    Closed = 0,

    /// <summary>No calls until a time.</summary>
    Open = 1,

    /// <summary>One call, the probe, is under way.</summary>
    HalfOpen = 2,
}
