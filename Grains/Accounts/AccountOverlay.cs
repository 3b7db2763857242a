using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// What the cluster itself keeps of an account: an account that was added through the API as a whole, or the changes of a configured account.
/// Stored; its secrets are encrypted.
/// </summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountOverlay")]
public sealed record AccountOverlay
{
    /// <summary>The account's name.</summary>
    [Id(0)]
    public string Name { get; init; } = "";

    /// <summary>The credential's fields as JSON, encrypted; null for a change of a configured account.</summary>
    [Id(1)]
    public string? ProtectedFields { get; init; }

    /// <summary>The hash of the secret fields; see <see cref="Accounts.TokenHash"/>.</summary>
    [Id(2)]
    public string? TokenHash { get; init; }

    /// <summary>The provider's id of the account, from the credential.</summary>
    [Id(3)]
    public string? UpstreamId { get; init; }

    /// <summary>When the credential expires.</summary>
    [Id(4)]
    public DateTimeOffset? TokenExpires { get; init; }

    /// <summary>The extra headers as JSON, encrypted: they can be secrets too.</summary>
    [Id(5)]
    public string? ProtectedHeaders { get; init; }

    /// <summary>Null for what configuration says; enabled for an account of its own.</summary>
    [Id(6)]
    public AccountMode? Mode { get; init; }

    /// <summary>Null for what configuration says; 1 for an account of its own.</summary>
    [Id(7)]
    public int? Weight { get; init; }

    /// <summary>All of the limits; null for those of the configuration; those of its pool for an account of its own.</summary>
    [Id(8)]
    public AccountLimits? Limits { get; init; }

    /// <summary>Whether the account was added, as opposed to configured.</summary>
    public bool IsWhole => ProtectedFields is not null;

    /// <summary>Whether nothing is left of it.</summary>
    public bool IsEmpty => !IsWhole && Mode is null && Weight is null && Limits is null;

    /// <summary>Whether all that it changes is that the account no longer gets new requests.</summary>
    public bool OnlyTakesOutOfUse(AccountOverlay before) =>
        Mode is AccountMode.Disabled or AccountMode.Draining && (this with { Mode = null }).Equals(before with { Mode = null });

    /// <summary>Never the secret, not even encrypted.</summary>
    public override string ToString() => $"overlay of account {Name}";
}
