using System.Collections.Immutable;
using System.Text.Json.Serialization;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>A client key as the admin routes show it.</summary>
internal sealed record KeyAnswer
{
    public required string Id { get; init; }

    /// <summary>The secret; only in the answer to the request that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public required string Name { get; init; }

    public string? Owner { get; init; }

    /// <summary><c>active</c>, <c>disabled</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    public bool Enabled { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null for all.</summary>
    public ImmutableArray<string>? AllowedModels { get; init; }

    /// <summary>Null for all.</summary>
    public ImmutableArray<string>? AllowedPools { get; init; }

    public required ApiKeyLimits Limits { get; init; }

    /// <summary>What it uses of its limits now; only where one key is asked for, and only if it has limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public KeyUse? Use { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset? PreviousKeyValidUntil { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public static KeyAnswer Of(ApiKeyInfo info, DateTimeOffset now, string? secret = null)
    {
        var settings = info.Settings;
        return new KeyAnswer
        {
            Id = info.Id,
            Key = secret,
            Name = settings.Name,
            Owner = settings.Owner,
            Status =
                info.RevokedAt is not null ? "revoked"
                : !settings.Enabled ? "disabled"
                : settings.ExpiresAt <= now ? "expired"
                : "active",
            Enabled = settings.Enabled,
            ExpiresAt = settings.ExpiresAt,
            AllowedModels = settings.AllowedModels.IsDefaultOrEmpty ? null : settings.AllowedModels,
            AllowedPools = settings.AllowedPools.IsDefaultOrEmpty ? null : settings.AllowedPools,
            Limits = settings.Limits,
            CreatedAt = info.CreatedAt,
            UpdatedAt = info.UpdatedAt,
            RotatedAt = info.RotatedAt,
            PreviousKeyValidUntil = info.PreviousSecretUntil,
            RevokedAt = info.RevokedAt,
        };
    }
}
