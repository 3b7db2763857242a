using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>Which things an operator may have to look at.</summary>
internal static class AttentionRules
{
    private const double NearlyAll = 0.9;

    /// <summary>A pool and its notable accounts.</summary>
    public static IEnumerable<AttentionItem> Of(PoolOverview pool)
    {
        if (pool.BreakerOpen)
        {
            yield return new()
            {
                Kind = AttentionKinds.BreakerOpen,
                IsProblem = true,
                Pool = pool.Name,
            };
        }

        if (pool.Accounts > 0 && pool.States[(int)AccountState.Ready] == 0)
        {
            yield return new()
            {
                Kind = AttentionKinds.PoolEmpty,
                IsProblem = true,
                Pool = pool.Name,
            };
        }

        foreach (var account in pool.Notable)
        {
            yield return Of(pool.Name, account);
        }
    }

    /// <summary>The provider of a pool with discovery; null when it answered.</summary>
    public static AttentionItem? Of(PoolModels discovered) =>
        discovered.Problem is null
            ? null
            : new()
            {
                Kind = AttentionKinds.DiscoveryFailed,
                IsProblem = true,
                Pool = discovered.Pool,
                Reason = discovered.Problem,
                Advice = discovered.Advice,
            };

    /// <summary>A silo; null when there is nothing to look at.</summary>
    public static AttentionItem? Of(SiloOverview silo) =>
        silo.Status is not "Active" ? null
        : silo.Report is null
            ? new()
            {
                Kind = AttentionKinds.SiloSilent,
                IsProblem = true,
                Silo = silo.Name,
            }
        : silo.Report.IsDraining ? new() { Kind = AttentionKinds.SiloDraining, Silo = silo.Name }
        : null;

    /// <summary>A key's budgets that are nearly used up.</summary>
    public static IEnumerable<AttentionItem> Of(ApiKeyInfo key, KeyUse use) =>
        ((string Limit, long? Most, long Used)[])
            [
                ("tokensPerDay", key.Settings.Limits.TokensPerDay, use.TokensToday),
                ("tokensPerMonth", key.Settings.Limits.TokensPerMonth, use.TokensThisMonth),
            ]
            is var budgets
            ? budgets
                .Where(static budget => budget.Used >= budget.Most * NearlyAll)
                .Select(budget => new AttentionItem
                {
                    Kind = AttentionKinds.KeyBudget,
                    IsProblem = budget.Used >= budget.Most,
                    KeyId = key.Id,
                    KeyName = key.Settings.Name,
                    Limit = budget.Limit,
                    Used = budget.Used,
                    Most = budget.Most,
                })
            : [];

    private static AttentionItem Of(string pool, NotableAccount account) =>
        new()
        {
            Kind = KindOf(account),
            IsProblem = account.State is AccountState.Sealed or AccountState.Expired or AccountState.Refused,
            Pool = pool,
            Account = account.Name,
            Reason = account.Reason?.ToString(),
            Advice = AdviceFor(account.Reason),
            SecondOpinionBy = account.SecondOpinionBy,
            Until = account.State is AccountState.Ready or AccountState.Expired ? account.TokenExpires : account.Until,
        };

    private static string? AdviceFor(FailureReason? reason) =>
        reason switch
        {
            FailureReason.Unauthorized =>
                "The provider refuses the account's credential. Replace it, and check that it belongs to the pool's baseUrl.",
            FailureReason.QuotaExceeded => "The account's credit with its provider is used up. Add credit there, or disable the account.",
            FailureReason.ConnectionFailed or FailureReason.ConnectTimeout =>
                "The provider cannot be reached. Check the pool's baseUrl, and that the server runs and can be reached from here.",
            _ => null,
        };

    private static string KindOf(NotableAccount account) =>
        account.State switch
        {
            AccountState.Sealed => AttentionKinds.AccountSealed,
            AccountState.Expired => AttentionKinds.AccountExpired,
            AccountState.Refused => AttentionKinds.AccountRefused,
            AccountState.CoolingDown => AttentionKinds.AccountCooling,
            AccountState.Draining => AttentionKinds.AccountDraining,
            _ => account.TokenExpires is not null ? AttentionKinds.AccountExpires : AttentionKinds.AccountBlamed,
        };
}
