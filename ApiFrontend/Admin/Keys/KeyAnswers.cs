using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Grains.Interfaces.Keys;
using KeyUse = FlowGpt.Admin.Contracts.Keys.KeyUse;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Client keys as the admin contract has them.</summary>
internal static class KeyAnswers
{
    /// <summary>A key.</summary>
    /// <param name="info">The key.</param>
    /// <param name="now">Decides whether the key has expired.</param>
    /// <param name="secret">The secret, for the answer to the request that made it.</param>
    public static Key Of(ApiKeyInfo info, DateTimeOffset now, string? secret = null)
    {
        var settings = info.Settings;
        return new()
        {
            Id = info.Id,
            Secret = secret,
            Name = settings.Name,
            Owner = settings.Owner,
            Status = StatusOf(info, now),
            Enabled = settings.Enabled,
            ExpiresAt = settings.ExpiresAt,
            AllowedModels = settings.AllowedModels.IsDefaultOrEmpty ? null : settings.AllowedModels,
            AllowedPools = settings.AllowedPools.IsDefaultOrEmpty ? null : settings.AllowedPools,
            Limits = Of(settings.Limits),
            MaxStoredBytes = settings.MaxStoredBytes,
            CreatedAt = info.CreatedAt,
            UpdatedAt = info.UpdatedAt,
            RotatedAt = info.RotatedAt,
            PreviousKeyValidUntil = info.PreviousSecretUntil,
            RevokedAt = info.RevokedAt,
        };
    }

    /// <summary>What a key uses.</summary>
    public static KeyUse Of(Grains.Interfaces.Keys.KeyUse use) =>
        new(use.Running, use.RequestsInMinute, use.TokensInMinute, use.TokensToday, use.TokensThisMonth, use.Waiting);

    private static KeyLimits Of(ApiKeyLimits limits) =>
        new()
        {
            RequestsPerMinute = limits.RequestsPerMinute,
            TokensPerMinute = limits.TokensPerMinute,
            MaxConcurrentRequests = limits.MaxConcurrentRequests,
            TokensPerDay = limits.TokensPerDay,
            TokensPerMonth = limits.TokensPerMonth,
        };

    /// <summary>Whether a key can be used.</summary>
    public static string StatusOf(ApiKeyInfo info, DateTimeOffset now) =>
        info.RevokedAt is not null ? "revoked"
        : !info.Settings.Enabled ? "disabled"
        : info.Settings.ExpiresAt <= now ? "expired"
        : "active";
}
