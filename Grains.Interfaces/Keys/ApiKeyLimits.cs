namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>
/// What a key may use, over all frontends and silos together. Each limit may be missing. Tokens are those of prompt and reply, as
/// in the response's <c>usage</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyLimits")]
public sealed record ApiKeyLimits
{
    /// <summary>Most requests in any 60 seconds.</summary>
    [Id(0)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>Most tokens of the requests that were admitted in any 60 seconds.</summary>
    [Id(1)]
    public long? TokensPerMinute { get; init; }

    /// <summary>Most requests at one time.</summary>
    [Id(2)]
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>Most tokens of the requests that were admitted on one day, UTC.</summary>
    [Id(3)]
    public long? TokensPerDay { get; init; }

    /// <summary>Most tokens of the requests that were admitted in one calendar month, UTC.</summary>
    [Id(4)]
    public long? TokensPerMonth { get; init; }

    /// <summary>Whether nothing is limited.</summary>
    public bool AreNone => this == None;

    /// <summary>Whether tokens are limited in any way.</summary>
    public bool CountTokens => TokensPerMinute is not null || TokensPerDay is not null || TokensPerMonth is not null;

    /// <summary>Whether every limit of <paramref name="before"/> is here too, and none is wider.</summary>
    public bool AreWithin(ApiKeyLimits before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return IsWithin(RequestsPerMinute, before.RequestsPerMinute)
            && IsWithin(TokensPerMinute, before.TokensPerMinute)
            && IsWithin(MaxConcurrentRequests, before.MaxConcurrentRequests)
            && IsWithin(TokensPerDay, before.TokensPerDay)
            && IsWithin(TokensPerMonth, before.TokensPerMonth);
    }

    private static bool IsWithin(long? limit, long? before) => before is null || limit <= before;

    /// <summary>No limits.</summary>
    public static ApiKeyLimits None { get; } = new();
}
