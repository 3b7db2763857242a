namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What is at fault for a failed upstream call: the request, the account or the service. Decided before anything is charged.</summary>
[GenerateSerializer]
public enum FailureClass
{
    /// <summary>The request itself (400 family): reported to the caller, never retried, never held against an account.</summary>
    Caller = 0,

    /// <summary>The account (401, 403, expired, 429): it cools down or goes out, the request is tried on another.</summary>
    Credential = 1,

    /// <summary>The service (5xx, timeout, reset, challenge, unreadable answer): retried on another account; many such failures open the pool's breaker.</summary>
    Upstream = 2,
}
