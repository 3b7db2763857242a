namespace FlowGpt.Grains.Pools;

/// <summary>A request's prospects.</summary>
internal enum Outlook
{
    /// <summary>An account can serve it.</summary>
    Ready,

    /// <summary>Waiting can help.</summary>
    Wait,

    /// <summary>The breaker is open or half open; waiting can help.</summary>
    BreakerOpen,

    /// <summary>Every account that works waits for its next probe, or cools down after failures; none is at a limit.</summary>
    AllFaulty,

    /// <summary>The request has failed on every account that works.</summary>
    AllExcluded,

    /// <summary>It needs more tokens than any account is ever allowed.</summary>
    TooLarge,

    /// <summary>No account works.</summary>
    NothingUsable,
}
