using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Keys;

/// <summary>A client key as the admin routes show it.</summary>
public sealed record Key
{
    /// <summary>The key's public id.</summary>
    public required string Id { get; init; }

    /// <summary>The secret; only in the answer to the request that made it.</summary>
    [JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>The operator's name for the key.</summary>
    public required string Name { get; init; }

    /// <summary>Who holds the key; null when not noted.</summary>
    public string? Owner { get; init; }

    /// <summary><c>active</c>, <c>disabled</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    /// <summary>False: the key is refused until it is enabled again.</summary>
    public bool Enabled { get; init; }

    /// <summary>The time from which the key is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only models that the key may use; null for all.</summary>
    public IReadOnlyList<string>? AllowedModels { get; init; }

    /// <summary>The only pools whose models the key may use; null for all.</summary>
    public IReadOnlyList<string>? AllowedPools { get; init; }

    /// <summary>What the key may use.</summary>
    public required KeyLimits Limits { get; init; }

    /// <summary>Most bytes of conversations and responses that are stored for the key; null for as many as the configuration says, 0 for no limit.</summary>
    public long? MaxStoredBytes { get; init; }

    /// <summary>How many bytes are stored; only where one key is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StoredBytes { get; init; }

    /// <summary>What the key uses of its limits now; only where one key is asked for, and only if the key has limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public KeyUse? Use { get; init; }

    /// <summary>When the key was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the key was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the secret was last replaced; null for never.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the replaced secret is still accepted; null when it is not.</summary>
    public DateTimeOffset? PreviousKeyValidUntil { get; init; }

    /// <summary>When the key was revoked; null when it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>What a key may use, over all frontends together. Null: not limited. Tokens are those of prompt and reply; days and months are UTC.</summary>
public sealed record KeyLimits
{
    /// <summary>Most requests in any 60 seconds.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Most tokens of the requests that were admitted in any 60 seconds.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Most requests at one time.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>Most tokens of the requests that were admitted on one day, UTC.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Most tokens of the requests that were admitted in one calendar month, UTC.</summary>
    public long? TokensPerMonth { get; init; }
}

/// <summary>What a key with limits uses now. Requests in flight count with all they reserved.</summary>
/// <param name="Running">Requests in flight.</param>
/// <param name="RequestsInMinute">Requests of the last 60 seconds; zero where they are not limited.</param>
/// <param name="TokensInMinute">Tokens of the last 60 seconds; zero where they are not limited.</param>
/// <param name="TokensToday">Tokens of this day, UTC, while the key had limits.</param>
/// <param name="TokensThisMonth">Tokens of this month, UTC, while the key had limits.</param>
/// <param name="Waiting">Requests that wait for tokens that those in flight hold.</param>
public sealed record KeyUse(
    int Running,
    long RequestsInMinute,
    long TokensInMinute,
    long TokensToday,
    long TokensThisMonth,
    int Waiting = 0
);

/// <summary>A page of keys.</summary>
/// <param name="Data">The keys.</param>
/// <param name="HasMore">Whether there are more after the last one.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null when there is none. With a filter, a page may have few keys, or none, although further pages follow.</param>
/// <param name="Total">How many keys there are in all, whether or not they match.</param>
public sealed record KeyList(IReadOnlyList<Key> Data, bool HasMore, string? Next, int Total);

/// <summary>Which keys are asked for; a property that is null takes the default.</summary>
public sealed record KeyListFilter
{
    /// <summary><see cref="KeyList.Next"/> of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Most keys; 1 to 1000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Whether the newest come first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>A part of the id, the name or the owner; upper and lower case are equal.</summary>
    public string? Search { get; init; }

    /// <summary>The whole owner.</summary>
    public string? Owner { get; init; }

    /// <summary><c>active</c>, <c>disabled</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public string? Status { get; init; }
}
