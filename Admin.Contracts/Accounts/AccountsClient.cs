using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary><c>/admin/pools/{pool}/accounts</c>. Thread-safe.</summary>
public sealed class AccountsClient
{
    private readonly AdminTransport _transport;

    internal AccountsClient(AdminTransport transport) => _transport = transport;

    /// <summary>All of a pool's accounts.</summary>
    public Task<AccountList> ListAsync(string pool, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(PathOf(pool), AdminJson.Default.AccountList, cancellationToken);

    /// <summary>A page of a pool's accounts.</summary>
    public Task<AccountList> ListAsync(string pool, AccountFilter filter, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            PathOf(pool)
                + new AdminQuery()
                    .Add("search", filter.Search)
                    .Add("state", filter.State)
                    .Add("sort", filter.Sort)
                    .Add("order", filter.Descending ? "desc" : null)
                    .Add("skip", filter.Skip)
                    .Add("limit", filter.Limit),
            AdminJson.Default.AccountList,
            cancellationToken
        );

    /// <summary>One account.</summary>
    public Task<AccountAnswer> GetAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(PathOf(pool, name), AdminJson.Default.AccountAnswer, cancellationToken);

    /// <summary>Adds an account, which the cluster stores.</summary>
    public Task<AccountAnswer> AddAsync(string pool, AccountSettings account, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, PathOf(pool), BodyOf(account), AdminJson.Default.AccountAnswer, cancellationToken);

    /// <summary>Changes an account; a new credential serves at once.</summary>
    public Task<AccountAnswer> ChangeAsync(
        string pool,
        string name,
        AccountSettings change,
        CancellationToken cancellationToken = default
    ) => _transport.SendAsync(HttpMethod.Patch, PathOf(pool, name), BodyOf(change), AdminJson.Default.AccountAnswer, cancellationToken);

    /// <summary>Removes an added account; calls in flight finish.</summary>
    public Task<AccountRemoved> RemoveAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Delete, PathOf(pool, name), null, AdminJson.Default.AccountRemoved, cancellationToken);

    /// <summary>Enables an account.</summary>
    public Task<AccountAnswer> EnableAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        ActAsync(pool, name, "enable", cancellationToken);

    /// <summary>Disables an account; calls in flight finish.</summary>
    public Task<AccountAnswer> DisableAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        ActAsync(pool, name, "disable", cancellationToken);

    /// <summary>Drains an account: no new calls, and calls in flight finish.</summary>
    public Task<AccountAnswer> DrainAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        ActAsync(pool, name, "drain", cancellationToken);

    /// <summary>Ends an account's cool-down, or lets a refused account serve again.</summary>
    public Task<AccountReset> ResetAsync(string pool, string name, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, $"{PathOf(pool, name)}/reset", null, AdminJson.Default.AccountReset, cancellationToken);

    private Task<AccountAnswer> ActAsync(string pool, string name, string action, CancellationToken cancellationToken) =>
        _transport.SendAsync(HttpMethod.Post, $"{PathOf(pool, name)}/{action}", null, AdminJson.Default.AccountAnswer, cancellationToken);

    private static AdminBody BodyOf(AccountSettings account)
    {
        var body = AdminBody.Of(account, AdminJson.Default.AccountSettings);
        foreach (var (name, value) in account.Credential)
        {
            body.Set(name, value);
        }

        return body.Clear(account.Clear);
    }

    private static string PathOf(string pool) => $"admin/pools/{AdminPath.Part(pool)}/accounts";

    private static string PathOf(string pool, string name) => $"{PathOf(pool)}/{AdminPath.Part(name)}";
}
