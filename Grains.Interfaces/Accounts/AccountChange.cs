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

    /// <summary>Another device id; to null has the pool make one.</summary>
    [Id(2)]
    public Change<string>? DeviceId { get; init; }

    /// <summary>Another share under the weighted strategy.</summary>
    [Id(3)]
    public Change<long?>? Weight { get; init; }

    /// <summary>Whether it may serve.</summary>
    [Id(4)]
    public Change<AccountMode?>? Mode { get; init; }

    /// <summary>Limits that change. To null goes back to the configured ones, or to none.</summary>
    [Id(5)]
    public Change<ImmutableArray<LimitValue>?>? Limits { get; init; }

    /// <summary>Other extra headers, all of them; to null for none.</summary>
    [Id(6)]
    public Change<ImmutableDictionary<string, string>>? Headers { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => "AccountChange (redacted)";
}
