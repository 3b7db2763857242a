using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>What an operator wants changed of an account, or a new account as a whole. Null leaves a field as it is. May hold secrets: never log it.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountChange")]
public sealed record AccountChange
{
    /// <summary>Another pool for the account.</summary>
    [Id(0)]
    public string? Pool { get; init; }

    /// <summary>Other values of credential fields, by the names that the pool's provider kind gives them; the others stay.</summary>
    [Id(1)]
    public ImmutableDictionary<string, string> Fields { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Another share under the weighted strategy.</summary>
    [Id(2)]
    public long? Weight { get; init; }

    /// <summary>Whether it may serve.</summary>
    [Id(3)]
    public AccountMode? Mode { get; init; }

    /// <summary>Limits that change; the others stay.</summary>
    [Id(4)]
    public ImmutableArray<LimitValue>? Limits { get; init; }

    /// <summary>Other extra headers, all of them.</summary>
    [Id(5)]
    public ImmutableDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Fields, by their names in JSON, that go back to what configuration says, or to the default: <c>weight</c>, <c>mode</c>,
    /// <c>limits</c>, <c>headers</c>, and credential fields that an account can do without.
    /// </summary>
    [Id(6)]
    public ImmutableArray<string> Cleared { get; init; } = [];

    /// <summary>Never the secret.</summary>
    public override string ToString() => "AccountChange (redacted)";
}
