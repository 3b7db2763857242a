using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Keys;

/// <summary>A new key, or a change of one. A property that is null is not sent: a change leaves its field as it is.</summary>
public sealed record KeySettings
{
    /// <summary>The operator's name for the key; a new key needs one.</summary>
    public string? Name { get; init; }

    /// <summary>Who holds the key.</summary>
    public string? Owner { get; init; }

    /// <summary>The time from which the key is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only models that the key may use.</summary>
    public IReadOnlyList<string>? AllowedModels { get; init; }

    /// <summary>The only pools whose models the key may use.</summary>
    public IReadOnlyList<string>? AllowedPools { get; init; }

    /// <summary>Limits by the names of <see cref="KeyLimits"/> in camel case; null removes a limit; limits that are not named stay as they are.</summary>
    public IReadOnlyDictionary<string, long?>? Limits { get; init; }

    /// <summary>Most bytes of conversations and responses that are stored for the key; 0 for no limit.</summary>
    public long? MaxStoredBytes { get; init; }

    /// <summary>False: the key is refused until it is enabled again.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Names of fields that are cleared, such as <c>expiresAt</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Clear { get; init; } = [];
}

/// <summary>A new secret for a key.</summary>
/// <param name="GraceSeconds">How long the old secret stays valid; 0 to 30 days.</param>
public sealed record KeyRotation(int GraceSeconds);
