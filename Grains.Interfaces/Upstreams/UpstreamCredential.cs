using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What an upstream call needs to act as one account. Travels inside a lease between silos; must not be logged or stored in clear.</summary>
/// <param name="BearerToken">The account's token, without the word "Bearer".</param>
/// <param name="DeviceId">The account's device id.</param>
/// <param name="ExtraHeaders">Headers that the operator added for this account.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UpstreamCredential")]
public sealed record UpstreamCredential(
    [property: Id(0)] string BearerToken,
    [property: Id(1)] string DeviceId,
    [property: Id(2)] ImmutableDictionary<string, string> ExtraHeaders
)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => "UpstreamCredential (redacted)";
}
