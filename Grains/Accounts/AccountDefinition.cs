using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Accounts;

/// <summary>One upstream account as its operator defined it. Holds the secret: never log it.</summary>
public sealed record AccountDefinition
{
    /// <summary>The operator's name for it, unique within the set. Shown in the admin pages and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>The pool that it belongs to.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The provider kind and address of its pool: accounts of different providers are never the same account.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Where it was defined.</summary>
    public AccountOrigin Origin { get; init; }

    /// <summary>The values of the credential's fields, cleaned; none when <see cref="Sealed"/>.</summary>
    public required ImmutableDictionary<string, string> Fields { get; init; }

    /// <summary>Fields that the operator left out and the provider needs: the pool makes values and keeps them.</summary>
    public ImmutableArray<string> Generated { get; init; } = [];

    /// <summary>A hash that distinguishes the secrets of accounts without revealing them; see <see cref="Accounts.TokenHash"/>.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The provider's own id of the account, from the credential; null when the credential does not have it.</summary>
    public string? UpstreamId { get; init; }

    /// <summary>When the credential expires; null when unknown. At that instant the account stops being used.</summary>
    public DateTimeOffset? TokenExpires { get; init; }

    /// <summary>Extra headers for this account's upstream calls.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Share under the weighted strategy, at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>False takes it out of use; calls in flight finish.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Out of use like an account that is not enabled, and shown as being drained.</summary>
    public bool Draining { get; init; }

    /// <summary>The credential is stored, but the key that it was encrypted with is not there: out until the key is back or the credential is replaced.</summary>
    public bool Sealed { get; init; }

    /// <summary>Whether the admin API has changed what configuration says of it.</summary>
    public bool Overridden { get; init; }

    /// <summary>Its limits.</summary>
    public AccountLimits Limits { get; init; } = AccountLimits.None;

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"account {Name}";
}
