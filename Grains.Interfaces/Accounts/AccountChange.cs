using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>What an operator wants changed of an account, or a new account as a whole. Null leaves a field as it is. May hold secrets: never log it.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountChange")]
public sealed record AccountChange
{
    /// <summary>Another pool for the account.</summary>
    [Id(0)]
    public string? Pool { get; init; }

    /// <summary>Another bearer token, with or without the word "Bearer".</summary>
    [Id(1)]
    public string? BearerToken { get; init; }

    /// <summary>Another device id.</summary>
    [Id(2)]
    public string? DeviceId { get; init; }

    /// <summary>Another share under the weighted strategy.</summary>
    [Id(3)]
    public long? Weight { get; init; }

    /// <summary>Whether it may serve.</summary>
    [Id(4)]
    public AccountMode? Mode { get; init; }

    /// <summary>Limits that change; the others stay.</summary>
    [Id(5)]
    public ImmutableArray<LimitValue>? Limits { get; init; }

    /// <summary>Other extra headers, all of them.</summary>
    [Id(6)]
    public ImmutableDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Fields, by their names in JSON, that go back to what configuration says, or to the default: <c>deviceId</c> (one is made),
    /// <c>weight</c>, <c>mode</c>, <c>limits</c>, <c>headers</c>.
    /// </summary>
    [Id(7)]
    public ImmutableArray<string> Cleared { get; init; } = [];

    /// <summary>Never the secret.</summary>
    public override string ToString() => "AccountChange (redacted)";
}
