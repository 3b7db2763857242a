using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools;

/// <summary>A pool's accounts while their definitions change: each is taken over by at most one definition.</summary>
internal sealed class KnownAccounts
{
    private readonly List<PoolAccount> _accounts;
    private readonly HashSet<PoolAccount> _taken = [];
    private readonly Dictionary<string, List<PoolAccount>> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PoolAccount>> _byUpstreamId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PoolAccount>> _byName = new(StringComparer.Ordinal);

    public KnownAccounts(List<PoolAccount> accounts)
    {
        _accounts = accounts;
        foreach (var account in accounts)
        {
            Add(_byToken, account.Definition.TokenHash, account);
            Add(_byUpstreamId, account.Definition.UpstreamId, account);
            Add(_byName, account.Name, account);
        }
    }

    /// <summary>Those that no definition took over, in the order they had.</summary>
    public IEnumerable<PoolAccount> Rest => _accounts.Where(account => !_taken.Contains(account));

    /// <summary>The account that is the same at the upstream: by its token or the upstream's id.</summary>
    public PoolAccount? TakeSame(AccountDefinition definition) =>
        Take(_byToken, definition.TokenHash) ?? Take(_byUpstreamId, definition.UpstreamId);

    /// <summary>The account with a name.</summary>
    public PoolAccount? TakeNamed(string name) => Take(_byName, name);

    private PoolAccount? Take(Dictionary<string, List<PoolAccount>> by, string? key) =>
        key is not null
        && by.TryGetValue(key, out var found)
        && found.Find(account => !_taken.Contains(account)) is { } account
        && _taken.Add(account)
            ? account
            : null;

    private static void Add(Dictionary<string, List<PoolAccount>> by, string? key, PoolAccount account)
    {
        if (key is null)
        {
            return;
        }

        if (!by.TryGetValue(key, out var same))
        {
            by.Add(key, same = new(1));
        }

        same.Add(account);
    }
}

/// <summary>The stored record of accounts that no definition has taken over yet.</summary>
internal sealed class StoredAccounts
{
    private readonly Dictionary<string, AccountRecord> _byName;
    private readonly Dictionary<string, AccountRecord> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountRecord> _byUpstreamId = new(StringComparer.Ordinal);

    /// <param name="byName">By the operator's name; the caller removes what is taken.</param>
    public StoredAccounts(Dictionary<string, AccountRecord> byName)
    {
        _byName = byName;
        foreach (var record in byName.Values)
        {
            _byToken.TryAdd(record.TokenHash, record);
            if (record.UpstreamId is { } id)
            {
                _byUpstreamId.TryAdd(id, record);
            }
        }
    }

    /// <summary>The record of an account: of the same token or the upstream's id, else of its name.</summary>
    public AccountRecord? Take(string name, string tokenHash, string? upstreamId) =>
        Left(_byToken, tokenHash) ?? (upstreamId is { } id ? Left(_byUpstreamId, id) : null) ?? _byName.GetValueOrDefault(name);

    private AccountRecord? Left(Dictionary<string, AccountRecord> by, string key) =>
        by.GetValueOrDefault(key) is { } record && _byName.ContainsKey(record.Name) ? record : null;
}
