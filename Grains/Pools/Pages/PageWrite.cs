using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools.Pages;

/// <summary>What one write of a pool consists of: new pages first, then the pool's record, then the pages that it no longer names are removed.</summary>
/// <param name="Head">The pool's record.</param>
/// <param name="Added">Pages to write before it.</param>
/// <param name="Gone">Pages to remove after it.</param>
/// <param name="All">All accounts.</param>
/// <param name="Draft">Where the accounts' records are then.</param>
internal sealed record PageWrite(
    PoolRecord Head,
    ImmutableArray<(string Id, PoolPage Page)> Added,
    ImmutableArray<string> Gone,
    ImmutableArray<AccountRecord> All,
    Draft Draft
);

/// <summary>Where the accounts' records are after a write.</summary>
internal sealed class Draft
{
    /// <summary>Whether <see cref="Places"/> has all accounts, not only those whose place is another.</summary>
    public bool IsWhole { get; set; }

    public Dictionary<string, PoolPages.Place> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>The accounts of the pool's own record.</summary>
    public Dictionary<string, AccountRecord> InHead { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Estimated bytes of each page that are still right.</summary>
    public Dictionary<string, long> Live { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The pages that are not needed any more.</summary>
    public HashSet<string> Ending { get; } = new(StringComparer.Ordinal);

    /// <summary>Gives an account's record its place.</summary>
    /// <param name="account">The record.</param>
    /// <param name="page">The page; null for the pool's own record.</param>
    /// <param name="before">What was written before, if anything.</param>
    public void Move(AccountRecord account, string? page, PoolPages.Place before)
    {
        Places[account.Name] = new(account, page);
        if (before.Page is { } left)
        {
            Live[left] -= PoolPages.Size(before.Record);
        }

        if (page is null)
        {
            InHead[account.Name] = account;
        }
        else
        {
            InHead.Remove(account.Name);
            Live[page] = Live.GetValueOrDefault(page) + PoolPages.Size(account);
        }
    }
}
