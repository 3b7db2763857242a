using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    /// <summary>
    /// Takes over the definitions: added, removed and changed accounts. Leases in flight go on; what an account has used stays counted
    /// when it is removed and comes back, also under another name.
    /// </summary>
    /// <param name="set">The present definitions.</param>
    /// <param name="newValue">Makes the value of a credential field that an account's operator left out.</param>
    /// <param name="now">The present.</param>
    public void SetAccounts(AccountSet set, Func<AccountDefinition, string, string> newValue, DateTimeOffset now)
    {
        List<PoolAccount> known = [.. _accounts, .. _departed];
        var accounts = new PoolAccount[set.Accounts.Length];

        // Limits belong to the upstream's account, so its own id or its token tells who is who; the operator's name only where those
        // are new.
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i] = Take(known, set.Accounts[i], byName: false)!;
        }

        for (var i = 0; i < accounts.Length; i++)
        {
            var definition = set.Accounts[i];
            accounts[i] ??= Take(known, definition, byName: true) ?? Restored(definition, now);
            accounts[i].Redefine(definition);
            accounts[i].Index = i;
            _marksChanged |= accounts[i].Generate(newValue);
        }

        _departed.Clear();
        _departed.AddRange(known);
        foreach (var account in _departed)
        {
            account.Index = -1;
        }

        _accounts = accounts;
        _skips = new Decisions.SkipReason[accounts.Length];
        TakeOverRestored(now);
        _availabilityFell = true;
        Serve(now);
    }

    /// <summary>An operator's reset: ends cool-downs and a refusal. False if there is no such account.</summary>
    public bool Reset(string name, DateTimeOffset now)
    {
        if (Find(name) is not { } account)
        {
            return false;
        }

        account.Health.Reset();
        account.Told.Clear();
        _breaker.Reset();
        _marksChanged = true;
        Serve(now);
        return true;
    }

    /// <summary>The credential of the first account that is ready and whose generated values are stored; null when there is none.</summary>
    public UpstreamCredential? ReadyCredential(DateTimeOffset now) =>
        Array.Find(_accounts, account => account.GeneratedKept && account.State(now) == AccountState.Ready)?.Credential();

    /// <summary>What an account has used, for the pool that it moves to. Null when it is not here or has calls in flight.</summary>
    public AccountRecord? Export(string name, DateTimeOffset now) =>
        Find(name) is { Leases: 0 } account ? account.Record(now, ahead: false) : null;

    /// <summary>Takes over what an account has used elsewhere, before it becomes one of this pool's for good.</summary>
    public void Import(AccountRecord record)
    {
        bool IsIt(PoolAccount account) => account.Name == record.Name || IsSame(account.Definition, record.TokenHash, record.UpstreamId);
        _departed.RemoveAll(IsIt);
        _accounts = [.. _accounts.Where(account => !IsIt(account))];
        for (var i = 0; i < _accounts.Length; i++)
        {
            _accounts[i].Index = i;
        }

        _skips = new Decisions.SkipReason[_accounts.Length];
        _stored[record.Name] = record;
        _marksChanged = true;
    }

    private PoolAccount? Find(string name)
    {
        foreach (var account in _accounts)
        {
            if (account.Name == name)
            {
                return account;
            }
        }

        return _departed.Find(account => account.Name == name);
    }

    private static PoolAccount? Take(List<PoolAccount> known, AccountDefinition definition, bool byName)
    {
        var index = known.FindIndex(account =>
            byName ? account.Name == definition.Name : IsSame(definition, account.Definition.TokenHash, account.Definition.UpstreamId)
        );
        if (index < 0)
        {
            return null;
        }

        var found = known[index];
        known.RemoveAt(index);
        return found;
    }

    private PoolAccount Restored(AccountDefinition definition, DateTimeOffset now)
    {
        var account = new PoolAccount(definition, _options, Calendar);
        var record =
            _stored.Values.FirstOrDefault(stored => IsSame(definition, stored.TokenHash, stored.UpstreamId))
            ?? _stored.GetValueOrDefault(definition.Name);
        if (record is not null)
        {
            _stored.Remove(record.Name);
            account.Restore(record, now);
        }

        return account;
    }

    private void TakeOverRestored(DateTimeOffset now)
    {
        foreach (var lease in _restoredLeases)
        {
            TakeOver(lease, now, exact: true);
        }

        _restoredLeases = [];
    }

    private static bool IsSame(AccountDefinition definition, string tokenHash, string? upstreamId) =>
        definition.TokenHash == tokenHash || (definition.UpstreamId is { } id && id == upstreamId);
}
