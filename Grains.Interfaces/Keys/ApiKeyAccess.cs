using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>What a frontend needs to judge a presented key by itself. Frontends keep it for less than a second.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Hash">SHA-256 of the key.</param>
/// <param name="PreviousHash">That of the key it replaced, while it is still accepted.</param>
/// <param name="PreviousUntil">Until when it is.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Revoked">Whether it was revoked.</param>
/// <param name="ExpiresAt">From when on it is refused.</param>
/// <param name="AllowedModels">Model aliases it may use; empty for all.</param>
/// <param name="AllowedPools">Pools whose models it may use; empty for all.</param>
/// <param name="Limits">What it may use.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyAccess")]
public sealed record ApiKeyAccess(
    [property: Id(0)] long Version,
    [property: Id(1)] byte[] Hash,
    [property: Id(2)] byte[]? PreviousHash,
    [property: Id(3)] DateTimeOffset PreviousUntil,
    [property: Id(4)] bool Enabled,
    [property: Id(5)] bool Revoked,
    [property: Id(6)] DateTimeOffset? ExpiresAt,
    [property: Id(7)] ImmutableArray<string> AllowedModels,
    [property: Id(8)] ImmutableArray<string> AllowedPools,
    [property: Id(9)] ApiKeyLimits Limits
);
