using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>An account as the accounts file has it.</summary>
/// <param name="Name">Its name here and in the simulator.</param>
/// <param name="MaxConcurrent">Most calls at once; null for no limit.</param>
/// <param name="RequestsPerMinute">Most calls in a minute; null for no limit.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Lifetime">Of its token; null for the simulator's default, negative for one that has expired.</param>
internal sealed record GatewayAccount(
    string Name,
    int? MaxConcurrent = null,
    int? RequestsPerMinute = null,
    bool Enabled = true,
    TimeSpan? Lifetime = null
)
{
    /// <summary>The token; a new one unless it is given.</summary>
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
