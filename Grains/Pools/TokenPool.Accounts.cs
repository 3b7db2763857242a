using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    /// <summary>
    /// Takes over the definitions: added, removed and changed accounts. Leases in flight continue; what an account has used stays counted
    /// when it is removed and comes back, also under another name. A definition that is the same object as before costs next to nothing.
    /// </summary>
    /// <param name="set">The present definitions.</param>
    /// <param name="newValue">Makes the value of a credential field that an account's operator left out.</param>
    /// <param name="now">The present.</param>
    public void SetAccounts(AccountSet set, Func<AccountDefinition, string, string> newValue, DateTimeOffset now)
    {
        var accounts = new PoolAccount?[set.Accounts.Length];
        var unchanged = new HashSet<PoolAccount>(accounts.Length);
        var changed = new List<int>();
        for (var i = 0; i < accounts.Length; i++)
        {
            var definition = set.Accounts[i];
            if (
                _byName.GetValueOrDefault(definition.Name) is { } same
                && ReferenceEquals(same.Definition, definition)
                && unchanged.Add(same)
            )
            {
                accounts[i] = same;
            }
            else
            {
                changed.Add(i);
            }
        }

        var known = new KnownAccounts([.. _accounts.Where(account => !unchanged.Contains(account)), .. _departed]);

        // Limits belong to the upstream's account, so its own id or its token identifies the account; the operator's name only where those
        // are new.
        foreach (var i in changed)
        {
            accounts[i] = known.TakeSame(set.Accounts[i]);
        }

        var stored = changed.Count == 0 || _stored.Count == 0 ? null : new StoredAccounts(_stored);
        foreach (var i in changed)
        {
            var definition = set.Accounts[i];
            var account = accounts[i] ??= known.TakeNamed(definition.Name) ?? Restored(definition, stored, now);
            account.Redefine(definition);
            if (!AwaitsArrivals)
            {
                account.UnusedSince = default;
            }

            // What was made elsewhere for an account that arrives comes with it.
            _marksChanged |= account.UnusedSince == default && account.Generate(newValue);
        }

        _departed.Clear();
        _departed.AddRange(known.Rest);
        foreach (var account in _departed)
        {
            account.Index = -1;
        }

        foreach (var (name, record) in _stored.Where(static one => one.Value.UnusedSince == default).ToArray())
        {
            _stored[name] = record with { UnusedSince = now };
        }

        Place(accounts!, changed);
        NoteArrivals(now);
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
        _index.Touch(account);
        _breaker.Reset();
        _marksChanged = true;
        Serve(now);
        return true;
    }

    /// <summary>The credential of the first account that is ready and whose generated values are stored; null when there is none.</summary>
    public UpstreamCredential? ReadyCredential(DateTimeOffset now) =>
        Array
            .Find(
                _accounts,
                account =>
                    account.GeneratedKept
                    && (!account.IsArriving || account.Definition.Generated.IsEmpty)
                    && account.State(now) == AccountState.Ready
            )
            ?.Credential();

    /// <summary>What an account has used, for the pool that it moves to. Null when it is not here or has calls in flight.</summary>
    public AccountRecord? Export(string name, DateTimeOffset now) =>
        Find(name) is { Leases: 0 } account ? account.Record(now, ahead: false) : null;

    /// <summary>Whether there is an account of this name.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether an account of this name has calls in flight.</summary>
    public bool HasCalls(string name) => Find(name) is { Leases: > 0 };

    /// <summary>Takes over what an account has used elsewhere, before it becomes an account of this pool.</summary>
    public void Import(AccountRecord record)
    {
        bool IsIt(PoolAccount account) => account.Name == record.Name || IsSame(account.Definition, record.TokenHash, record.UpstreamId);
        _departed.RemoveAll(IsIt);
        Place([.. _accounts.Where(account => !IsIt(account))], []);
        _stored[record.Name] = record with { UnusedSince = default };
        _marksChanged = true;
    }

    private PoolAccount? Find(string name) => _byName.GetValueOrDefault(name) ?? _departed.Find(account => account.Name == name);

    /// <summary>Takes the accounts in their order.</summary>
    /// <param name="accounts">All of them.</param>
    /// <param name="changed">The positions of accounts with another definition.</param>
    private void Place(PoolAccount[] accounts, List<int> changed)
    {
        var isSameOrder = accounts.AsSpan().SequenceEqual(_accounts);
        _accounts = accounts;
        _skips = new Decisions.SkipReason[accounts.Length];
        _byName.Clear();
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i].Index = i;
            _byName.TryAdd(accounts[i].Name, accounts[i]);
        }

        _sharedTokens = MostSharedTokens();
        if (isSameOrder)
        {
            changed.ForEach(i => _index.Touch(accounts[i]));
        }
        else
        {
            _index.Rebuild(accounts);
        }
    }

    private PoolAccount Restored(AccountDefinition definition, StoredAccounts? stored, DateTimeOffset now)
    {
        var account = new PoolAccount(definition, _options, Calendar) { UnusedSince = now };
        if (stored?.Take(definition.Name, definition.TokenHash, definition.UpstreamId) is { } record)
        {
            _stored.Remove(record.Name);
            account.Restore(record, now);
            account.UnusedSince = record.UnusedSince;
        }
        else if (_restoredShared is { } shared)
        {
            account.Restore(shared.Apply(new() { Name = definition.Name, TokenHash = definition.TokenHash }), now);
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
