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

    /// <summary>The accounts files of the silos. Silos read the same file as a rule, and then say the same.</summary>
    public static IEnumerable<AttentionItem> OfAccountsFiles(IEnumerable<SiloOverview> silos) =>
        silos
            .Where(static silo => silo.Status is "Active" && silo.Report?.AccountsFile is not null)
            .SelectMany(static silo => Of(silo.Report!.AccountsFile!).Select(item => (Item: item, silo.Name)))
            .GroupBy(static one => one.Item, static one => one.Name)
            .Select(static group => group.Key with { Silo = string.Join(", ", group.Distinct()) });

    private static IEnumerable<AttentionItem> Of(AccountsFileStatus file)
    {
        if (file.Refused is not null)
        {
            yield return new()
            {
                Kind = AttentionKinds.AccountsFileRefused,
                IsProblem = true,
                Reason = file.Refused,
                Advice = "The accounts stay as they were. Correct the file; it is read again within a second.",
            };
        }

        foreach (var account in file.LeftOut)
        {
            yield return new()
            {
                Kind = AttentionKinds.AccountLeftOut,
                IsProblem = true,
                Pool = account.Pool,
                Account = account.Name,
                Reason = account.Problem,
            };
        }

        if (file.LeftOutCount > file.LeftOut.Length)
        {
            yield return new()
            {
                Kind = AttentionKinds.AccountLeftOut,
                IsProblem = true,
                Reason = $"{file.LeftOutCount - file.LeftOut.Length} more accounts of the file are left out",
                Advice = "They are listed under hidden in /admin/pools/{pool}/accounts.",
            };
        }
    }

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
