namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>Whose fault a failed upstream call is. Decided before anything is charged to anybody.</summary>
[GenerateSerializer]
public enum FailureClass
{
    /// <summary>The request itself (400 family): reported to the caller, never retried, never held against an account.</summary>
    Caller = 0,

    /// <summary>The account (401, 403, expired, 429): it cools down or goes out, the request is tried on another.</summary>
    Credential = 1,

    /// <summary>The service (5xx, timeout, reset, challenge, garbage): retried elsewhere; many alike trip the pool's breaker.</summary>
    Upstream = 2,
}
