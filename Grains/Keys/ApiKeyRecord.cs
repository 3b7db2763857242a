using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>The stored record of one client key.</summary>
[GenerateSerializer, Alias("flowgpt.ApiKeyRecord")]
internal sealed record ApiKeyRecord
{
    /// <summary>SHA-256 of the key; empty when there is no such key.</summary>
    [Id(0)]
    public byte[] Hash { get; init; } = [];

    /// <summary>That of the key it replaced; empty when none.</summary>
    [Id(1)]
    public byte[] PreviousHash { get; init; } = [];

    /// <summary>Until when the replaced key is accepted.</summary>
    [Id(2)]
    public DateTimeOffset PreviousUntil { get; init; }

    /// <summary>What was decided about it.</summary>
    [Id(3)]
    public ApiKeySettings Settings { get; init; } = new();

    /// <summary>Grows with every change.</summary>
    [Id(4)]
    public long Version { get; init; }

    /// <summary>When it was made.</summary>
    [Id(5)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything of it last changed.</summary>
    [Id(6)]
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When its secret was last replaced.</summary>
    [Id(7)]
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>When it was revoked.</summary>
    [Id(8)]
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether there is such a key.</summary>
    public bool Exists => Hash.Length > 0;
}
