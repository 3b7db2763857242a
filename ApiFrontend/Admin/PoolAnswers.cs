using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Pools and accounts as the admin contract has them.</summary>
internal static class PoolAnswers
{
    /// <summary>A pool with its accounts.</summary>
    public static Pool Of(PoolSnapshot pool) =>
        new(pool.Name, pool.At, pool.Strategy, pool.BreakerOpen, pool.Queued, [.. pool.Accounts.Select(Of)], pool.Hidden);

    /// <summary>A pool in one line.</summary>
    public static PoolSummary Of(PoolSnapshot pool, IReadOnlyList<string> models) =>
        new(
            pool.Name,
            pool.Accounts.Length,
            pool.Accounts.Count(static account => account.State == AccountState.Ready),
            pool.Queued,
            pool.Accounts.Sum(static account => account.Leases),
            pool.BreakerOpen,
            models
        );

    /// <summary>A decision.</summary>
    public static Decision Of(PoolDecision decision) =>
        new(decision.At, decision.RequestId, decision.Model, decision.Chosen, decision.Why, decision.Skipped);

    /// <summary>An account.</summary>
    public static Account Of(AccountSnapshot account) =>
        new(
            account.Name,
            account.State.ToString(),
            account.AvailableAt,
            account.LastFailure?.ToString(),
            account.TokenExpires,
            account.Weight,
            account.Leases,
            account.MaxConcurrent,
            [.. account.Windows.Select(static one => new LimitWindow(one.Name, one.Limit, one.Used, one.FreesIn))]
        )
        {
            Origin = account.Origin.ToString(),
            Overridden = account.Overridden,
            TokenFingerprint = account.TokenFingerprint,
            CoolingDownFor = account.CoolingDownFor?.ToString(),
            Failures = [.. account.Failures.Select(static one => new PastFailure(one.At, one.Reason.ToString(), one.StatusCode))],
            Marks = [.. account.Marks.Select(Of)],
        };

    private static Mark Of(AccountMark mark) =>
        new(mark.Model, mark.Reason.ToString(), mark.StatusCode, mark.Since, mark.IsOut, mark.SecondOpinionBy, mark.ProbeAt);
}
