using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools.Decisions;

/// <summary>Words and groups of skip reasons.</summary>
internal static class SkipReasons
{
    /// <summary>Whether only an operator, or another request, could change it.</summary>
    public static bool IsFinal(this SkipReason reason) => reason is >= SkipReason.Disabled and <= SkipReason.TooLarge;

    /// <summary>Whether a fault keeps an account out, for a time that the clock decides, and no limit does.</summary>
    public static bool IsFault(this SkipReason reason) => reason is SkipReason.Marked or SkipReason.Failing;

    public static SkipReason Of(WindowKind kind) => (SkipReason)((int)SkipReason.RequestsPerMinute + (int)kind);

    /// <summary>As it reads in the decision audit.</summary>
    public static string Text(this SkipReason reason) =>
        reason switch
        {
            SkipReason.Disabled => "disabled",
            SkipReason.Expired => "token expired",
            SkipReason.Refused => "refused by the upstream",
            SkipReason.Sealed => "stored token unreadable",
            SkipReason.Excluded => "failed for this request",
            SkipReason.TooLarge => "request larger than a token limit",
            SkipReason.CoolingDown => "cooling down",
            SkipReason.Concurrency => "at maxConcurrent",
            SkipReason.RequestsPerMinute => "at requestsPerMinute",
            SkipReason.RequestsPerHour => "at requestsPerHour",
            SkipReason.RequestsPerDay => "at requestsPerDay",
            SkipReason.TokensPerMinute => "at tokensPerMinute",
            SkipReason.TokensPerDay => "at tokensPerDay",
            SkipReason.Storage => "waiting for storage",
            SkipReason.Recovering => "recovering leases",
            SkipReason.Marked => "refused what others serve",
            SkipReason.ProviderLimit => "at a limit that the provider told",
            SkipReason.Failing => "cooling down after failures",
            SkipReason.Arriving => "waiting for what it has used in another pool",
            SkipReason.Earmarked => "kept for a longer waiting request",
            _ => "",
        };
}
