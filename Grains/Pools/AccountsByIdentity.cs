using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools;

/// <summary>A pool's accounts by all that another pool may know them by.</summary>
internal sealed class AccountsByIdentity
{
    private readonly Dictionary<string, PoolAccount> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PoolAccount> _byUpstreamId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PoolAccount> _byName = new(StringComparer.Ordinal);

    public AccountsByIdentity(IEnumerable<PoolAccount> accounts)
    {
        foreach (var account in accounts)
        {
            _byToken.TryAdd(account.Definition.TokenHash, account);
            _byName.TryAdd(account.Name, account);
            if (account.Definition.UpstreamId is { } id)
            {
                _byUpstreamId.TryAdd(id, account);
            }
        }
    }

    /// <summary>The account of the same token or the upstream's id, else of the name; null when there is none.</summary>
    public PoolAccount? Find(WantedAccount wanted) =>
        _byToken.GetValueOrDefault(wanted.TokenHash)
        ?? (wanted.UpstreamId is { } id ? _byUpstreamId.GetValueOrDefault(id) : null)
        ?? _byName.GetValueOrDefault(wanted.Name);
}
