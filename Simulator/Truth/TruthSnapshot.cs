using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.Truth;

/// <summary>Everything the simulator knows at one moment, except the exchanges. Accounts are read one after the other.</summary>
/// <param name="Global">What concerns no single account.</param>
/// <param name="Accounts">Every account, by name.</param>
public sealed record TruthSnapshot(GlobalTruth Global, IReadOnlyList<AccountTruth> Accounts)
{
    /// <summary>Violations of all accounts together.</summary>
    public long TotalViolations => Accounts.Sum(account => account.TotalViolations);

    /// <summary>Requests in progress, all accounts together.</summary>
    public int OpenStreams => Accounts.Sum(account => account.Open);

    /// <summary>Accepted requests, all accounts together.</summary>
    public long Accepted => Accounts.Sum(account => account.Accepted);

    /// <summary>The account with this name or id; throws when there is none.</summary>
    public AccountTruth Account(string nameOrId) =>
        Accounts.FirstOrDefault(account => account.Name == nameOrId || account.Id == nameOrId)
        ?? throw new KeyNotFoundException($"The simulator has no account named {nameOrId}.");
}
