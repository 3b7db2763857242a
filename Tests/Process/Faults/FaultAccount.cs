using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>An upstream account with its limits, which the product is configured with and the simulator counts.</summary>
internal sealed record FaultAccount(string Name, int MaxConcurrent, int RequestsPerMinute, int? TokensPerMinute = null)
{
    /// <summary>The account's entry in the accounts file.</summary>
    public object ToFile(SimulatorHost simulator) =>
        new
        {
            name = Name,
            bearerToken = simulator.IssueToken(Name),
            limits = new
            {
                maxConcurrent = MaxConcurrent,
                requestsPerMinute = RequestsPerMinute,
                tokensPerMinute = TokensPerMinute,
            },
        };

    /// <summary>The account as the simulator has it.</summary>
    public AccountSettings ToTruth() =>
        new()
        {
            Limits = new AccountLimits
            {
                MaxConcurrent = MaxConcurrent,
                RequestsPerMinute = RequestsPerMinute,
                TokensPerMinute = TokensPerMinute,
            },
        };
}
