using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>What an operator decides about a key.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeySettings")]
public sealed record ApiKeySettings
{
    /// <summary>The operator's name for it; need not be unique.</summary>
    [Id(0)]
    public string Name { get; init; } = "";

    /// <summary>The name of the person or service that uses the key; null when not noted.</summary>
    [Id(1)]
    public string? Owner { get; init; }

    /// <summary>From when on it is refused; null for never.</summary>
    [Id(2)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Model aliases it may use; empty for all.</summary>
    [Id(3)]
    public ImmutableArray<string> AllowedModels { get; init; } = [];

    /// <summary>Pools whose models it may use; empty for all. A model must be allowed by both.</summary>
    [Id(4)]
    public ImmutableArray<string> AllowedPools { get; init; } = [];

    /// <summary>What it may use.</summary>
    [Id(5)]
    public ApiKeyLimits Limits { get; init; } = ApiKeyLimits.None;

    /// <summary>False: it is refused until it is enabled again.</summary>
    [Id(6)]
    public bool Enabled { get; init; } = true;

    /// <summary>The person who made the key for themselves, as the identity provider identifies them; null for a key that operators made.</summary>
    [Id(7)]
    public string? MemberId { get; init; }

    /// <summary>Most bytes of conversations and responses that are stored for it; null for as many as the configuration says, 0 for no limit.</summary>
    [Id(8)]
    public long? MaxStoredBytes { get; init; }

    /// <summary>Whether these differ from <paramref name="before"/> by rights that they take away alone: nothing is given, and no name is changed.</summary>
    public bool OnlyTakeAwayFrom(ApiKeySettings before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return (Name, Owner, MemberId) == (before.Name, before.Owner, before.MemberId)
            && (before.Enabled || !Enabled)
            && (before.ExpiresAt is null || ExpiresAt <= before.ExpiresAt)
            && AreAmong(AllowedModels, before.AllowedModels)
            && AreAmong(AllowedPools, before.AllowedPools)
            && Limits.AreWithin(before.Limits)
            && IsWithin(MaxStoredBytes, before.MaxStoredBytes);
    }

    private static bool AreAmong(ImmutableArray<string> names, ImmutableArray<string> before) =>
        before.IsEmpty || (!names.IsEmpty && names.All(before.Contains));

    // What null stands for is not known here.
    private static bool IsWithin(long? bytes, long? before) => bytes == before || before == 0 || (bytes > 0 && bytes <= before);
}
