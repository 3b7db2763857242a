namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>How a call ends.</summary>
public enum Ending
{
    Success,
    CancelledBeforeSending,
    CancelledAfterSending,
    CallerError,
    RateLimited,
    RateLimitedWithRetryAfter,
    ServerError,
    ConnectionFailed,
    HolderDies,
}
