using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary>A new account, or a change of one. A property that is null is not sent: a change leaves its field as it is.</summary>
public sealed record AccountSettings
{
    /// <summary>The name of a new account; a change leaves it out.</summary>
    public string? Name { get; init; }

    /// <summary>The pool that a change moves the account to; a new account leaves it out.</summary>
    public string? Pool { get; init; }

    /// <summary>Share under the weighted strategy, 1 to 1000.</summary>
    public int? Weight { get; init; }

    /// <summary><c>enabled</c>, <c>disabled</c> or <c>draining</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Limits by name, e.g. <c>requestsPerMinute</c>; null removes a limit; limits that are not named stay as they are.</summary>
    public IReadOnlyDictionary<string, long?>? Limits { get; init; }

    /// <summary>All extra headers of the account's upstream calls.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The credential fields of the pool's provider kind, e.g. <c>apiKey</c>, or <c>bearerToken</c> and <c>deviceId</c>.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Credential { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of fields that go back to what the configuration says, or to the default.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Clear { get; init; } = [];
}
