using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Accounts;

/// <summary>One upstream account as its operator defined it. Holds the secret: never log it.</summary>
public sealed record AccountDefinition
{
    /// <summary>The operator's name for it, unique within the set. Shown in the admin pages and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>The pool that it belongs to; null for the default one.</summary>
    public string? Pool { get; init; }

    /// <summary>Where it was defined.</summary>
    public AccountOrigin Origin { get; init; }

    /// <summary>The bearer token, without the word "Bearer"; empty when <see cref="Sealed"/>.</summary>
    public required string BearerToken { get; init; }

    /// <summary>A hash that tells tokens apart without revealing them; see <see cref="Accounts.TokenHash"/>.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The upstream's own id of the account, from the token; null when the token is not a readable JWT.</summary>
    public string? UpstreamId { get; init; }

    /// <summary>When the token expires; null when unknown. At that instant the account stops being used.</summary>
    public DateTimeOffset? TokenExpires { get; init; }

    /// <summary>The device id; null lets the pool generate one and keep it.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Extra headers for this account's upstream calls.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Share under the weighted strategy, at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>False takes it out of use; calls in flight finish.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Out of use like one that is not enabled, and said to be on its way out.</summary>
    public bool Draining { get; init; }

    /// <summary>The token is stored, but the key that it was encrypted with is not there: out until the key is back or the token is replaced.</summary>
    public bool Sealed { get; init; }

    /// <summary>Whether the admin API has changed what configuration says of it.</summary>
    public bool Overridden { get; init; }

    /// <summary>Its limits.</summary>
    public AccountLimits Limits { get; init; } = AccountLimits.None;

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"account {Name}";
}
