using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Control;

/// <summary>The body of <c>POST /_sim/tokens</c>.</summary>
internal sealed record TokenRequest
{
    public string? Account { get; init; }

    /// <summary>Null for the account's lifetime.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Mint a token that is already past its expiry.</summary>
    public bool Expired { get; init; }
}
