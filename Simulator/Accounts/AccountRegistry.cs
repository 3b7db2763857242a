using System.Collections.Concurrent;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Accounts;

/// <summary>All accounts, by id and by name.</summary>
internal sealed class AccountRegistry(AccountLimits defaultLimits, TimeSpan disconnectGrace, bool acceptUnknown, int capacity)
{
    private readonly ConcurrentDictionary<string, Account> _byId = new(StringComparer.Ordinal);

    public IEnumerable<Account> All => _byId.Values.OrderBy(account => account.Name, StringComparer.Ordinal);

    /// <summary>The account a name belongs to, made when it is new.</summary>
    public Account Named(string name) =>
        _byId.GetOrAdd(FakeToken.AccountId(name), id => new Account(name, id, defaultLimits, disconnectGrace));

    /// <summary>The account with this name or this id, if there is one.</summary>
    public Account? Find(string nameOrId) => _byId.GetValueOrDefault(FakeToken.AccountId(nameOrId)) ?? _byId.GetValueOrDefault(nameOrId);

    /// <summary>The account a token's <c>id</c> claim means: null where only known ones are accepted, or when there is no room.</summary>
    public Account? ForToken(string id)
    {
        if (_byId.TryGetValue(id, out var account))
        {
            return account;
        }

        return acceptUnknown && _byId.Count < capacity
            ? _byId.GetOrAdd(id, key => new Account(key, key, defaultLimits, disconnectGrace))
            : null;
    }

    /// <summary>The account whose name a key tells: null where only known ones are accepted, or when there is no room.</summary>
    public Account? ForKey(string name) => Find(name) ?? (acceptUnknown && _byId.Count < capacity ? Named(name) : null);
}
