using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>What one turn has met on the accounts of one target.</summary>
/// <param name="Accounts">Accounts that are not tried again.</param>
/// <param name="Refusals">Refusals that may be the account's fault or the request's.</param>
/// <param name="ServiceFailures">Failures as a service fails.</param>
/// <param name="Others">Other failures, but those that are an account's for certain.</param>
internal sealed record TriedAccounts(ImmutableArray<string> Accounts, ImmutableArray<Refusal> Refusals, int ServiceFailures, int Others)
{
    public static TriedAccounts None { get; } = new([], [], 0, 0);

    /// <summary>Failures that are an account's for certain.</summary>
    public int AccountFailures => Accounts.Length - ServiceFailures - Others;

    /// <summary>Adds an attempt that failed.</summary>
    public TriedAccounts Add(Lease lease, UpstreamFailure failure)
    {
        var fault = Faults.Of(failure.Reason);
        return new(
            Accounts.Add(lease.Account),
            fault == Fault.Provisional
                ? Refusals.Add(new(lease.Id, lease.Account, lease.GrantedAt, failure.Reason, failure.StatusCode))
                : Refusals,
            ServiceFailures + (fault == Fault.Service ? 1 : 0),
            Others + (fault is Fault.Account or Fault.Service ? 0 : 1)
        );
    }
}
