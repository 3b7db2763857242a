using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>How a key's record changes. Each method returns the new record and says whether the change was made; the record itself never changes.</summary>
internal static class ApiKeyRules
{
    public static (ApiKeyChangeStatus Status, ApiKeyRecord Record) Create(
        ApiKeyRecord record,
        ApiKeySettings settings,
        byte[] hash,
        DateTimeOffset now
    )
    {
        if (record.Exists)
        {
            return (record.Hash.AsSpan().SequenceEqual(hash) ? ApiKeyChangeStatus.Done : ApiKeyChangeStatus.Conflict, record);
        }

        var made = new ApiKeyRecord
        {
            Hash = hash,
            Settings = settings,
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return (ApiKeyChangeStatus.Done, made);
    }

    public static (ApiKeyChangeStatus Status, ApiKeyRecord Record) Update(
        ApiKeyRecord record,
        ApiKeySettings settings,
        long version,
        DateTimeOffset now
    ) =>
        Refusal(record) is { } refused ? (refused, record)
        : record.Version != version ? (ApiKeyChangeStatus.Conflict, record)
        : (ApiKeyChangeStatus.Done, Next(record, now) with { Settings = settings });

    public static (ApiKeyChangeStatus Status, ApiKeyRecord Record) Rotate(
        ApiKeyRecord record,
        byte[] hash,
        TimeSpan grace,
        DateTimeOffset now
    )
    {
        if (Refusal(record) is { } refused)
        {
            return (refused, record);
        }

        if (record.Hash.AsSpan().SequenceEqual(hash))
        {
            return (ApiKeyChangeStatus.Done, record);
        }

        var stays = grace > TimeSpan.Zero;
        var rotated = Next(record, now) with
        {
            Hash = hash,
            PreviousHash = stays ? record.Hash : [],
            PreviousUntil = stays ? now + grace : default,
            RotatedAt = now,
        };
        return (ApiKeyChangeStatus.Done, rotated);
    }

    public static (ApiKeyChangeStatus Status, ApiKeyRecord Record) Revoke(ApiKeyRecord record, DateTimeOffset now) =>
        !record.Exists ? (ApiKeyChangeStatus.NotFound, record)
        : record.RevokedAt is not null ? (ApiKeyChangeStatus.Done, record)
        : (ApiKeyChangeStatus.Done, Next(record, now) with { RevokedAt = now });

    /// <summary>What is to be stored where storage has something else than what is in force: rights that were taken away stay away.</summary>
    public static ApiKeyRecord Enforce(ApiKeyRecord stored, ApiKeyRecord inForce, DateTimeOffset now)
    {
        var revokedAt = stored.RevokedAt ?? inForce.RevokedAt;
        var isSame =
            !stored.Exists
            || stored.RevokedAt == revokedAt
                && stored.Settings.OnlyTakeAwayFrom(inForce.Settings)
                && inForce.Settings.OnlyTakeAwayFrom(stored.Settings);
        return isSame ? stored : Next(stored, now) with { RevokedAt = revokedAt, Settings = inForce.Settings };
    }

    public static ApiKeyAccess? Access(ApiKeyRecord record) =>
        record.Exists
            ? new ApiKeyAccess(
                record.Version,
                record.Hash,
                record.PreviousHash.Length > 0 ? record.PreviousHash : null,
                record.PreviousUntil,
                record.Settings.Enabled,
                record.RevokedAt is not null,
                record.Settings.ExpiresAt,
                record.Settings.AllowedModels,
                record.Settings.AllowedPools,
                record.Settings.Limits
            )
            : null;

    public static ApiKeyInfo? Info(ApiKeyRecord record, string id, DateTimeOffset now) =>
        record.Exists
            ? new ApiKeyInfo(
                id,
                record.Settings,
                record.Version,
                record.CreatedAt,
                record.UpdatedAt,
                record.RotatedAt,
                record.PreviousHash.Length > 0 && record.PreviousUntil > now && record.RevokedAt is null ? record.PreviousUntil : null,
                record.RevokedAt
            )
            : null;

    private static ApiKeyChangeStatus? Refusal(ApiKeyRecord record) =>
        !record.Exists ? ApiKeyChangeStatus.NotFound
        : record.RevokedAt is not null ? ApiKeyChangeStatus.Revoked
        : null;

    private static ApiKeyRecord Next(ApiKeyRecord record, DateTimeOffset now) =>
        record with
        {
            Version = record.Version + 1,
            UpdatedAt = now,
        };
}
