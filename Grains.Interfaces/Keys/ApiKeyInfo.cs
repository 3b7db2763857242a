namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>A key as operators see it. Holds neither the secret nor its hash.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Settings">What was decided about it.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When anything of it last changed.</param>
/// <param name="RotatedAt">When its secret was last replaced; null for never.</param>
/// <param name="PreviousSecretUntil">Until when the replaced secret is accepted too; null when it is not.</param>
/// <param name="RevokedAt">When it was revoked, which is final; null when it was not.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyInfo")]
public sealed record ApiKeyInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] ApiKeySettings Settings,
    [property: Id(2)] long Version,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset UpdatedAt,
    [property: Id(5)] DateTimeOffset? RotatedAt,
    [property: Id(6)] DateTimeOffset? PreviousSecretUntil,
    [property: Id(7)] DateTimeOffset? RevokedAt
);
