using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>An account of the accounts file.</summary>
/// <param name="Name">The account's name in the product and in the simulator.</param>
/// <param name="MaxConcurrent">Most calls at once; null for no limit.</param>
/// <param name="RequestsPerMinute">Most calls in a minute; null for no limit.</param>
/// <param name="Enabled">Whether the account may be used.</param>
/// <param name="Lifetime">The time until the token expires; null for the simulator's default, negative for an expired token.</param>
internal sealed record GatewayAccount(
    string Name,
    int? MaxConcurrent = null,
    int? RequestsPerMinute = null,
    bool Enabled = true,
    TimeSpan? Lifetime = null
)
{
    /// <summary>The token; a new token unless given.</summary>
    public string? Token { get; init; }

    internal object ToFile(SimulatorHost simulator) =>
        new
        {
            name = Name,
            bearerToken = Token ?? simulator.IssueToken(Name, Lifetime),
            enabled = Enabled,
            limits = new { maxConcurrent = MaxConcurrent, requestsPerMinute = RequestsPerMinute },
        };
}
