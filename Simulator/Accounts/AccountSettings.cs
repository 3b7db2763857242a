using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>What can be configured for one account.</summary>
public sealed record AccountSettings
{
    /// <summary>The account's limits. Default: the simulator's default limits.</summary>
    public AccountLimits? Limits { get; init; }

    /// <summary>Lifetime of tokens minted for the account from now on. Default: the simulator's token lifetime.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? TokenLifetime { get; init; }

    /// <summary>Whether every request of the account is refused with 403 (assumed). Default false.</summary>
    public bool Disabled { get; init; }

    /// <summary>The models that the account has on the OpenAI-compatible face. Default: all of the simulator's.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Refuse, from now on, every token issued before this call, as after a log-out. Default false.</summary>
    public bool RevokeTokens { get; init; }
}
