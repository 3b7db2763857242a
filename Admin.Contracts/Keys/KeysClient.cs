using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Keys;

/// <summary><c>/admin/keys</c>. Thread-safe.</summary>
public sealed class KeysClient
{
    private const string Root = "admin/keys";

    private readonly AdminTransport _transport;

    internal KeysClient(AdminTransport transport) => _transport = transport;

    /// <summary>A page of keys, oldest first, revoked keys included.</summary>
    /// <param name="after"><see cref="KeyList.Next"/> of the page before; null for the first page.</param>
    /// <param name="limit">The most keys; 1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<KeyList> ListAsync(string? after = null, int limit = 100, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            $"{Root}{new AdminQuery().Add("after", after).Add("limit", limit)}",
            AdminJson.Default.KeyList,
            cancellationToken
        );

    /// <summary>A page of the keys that match.</summary>
    public Task<KeyList> ListAsync(KeyListFilter filter, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            Root
                + new AdminQuery()
                    .Add("after", filter.After)
                    .Add("limit", filter.Limit)
                    .Add("order", filter.NewestFirst ? "desc" : null)
                    .Add("search", filter.Search)
                    .Add("owner", filter.Owner)
                    .Add("status", filter.Status),
            AdminJson.Default.KeyList,
            cancellationToken
        );

    /// <summary>One key, with what it uses of its limits.</summary>
    public Task<Key> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(PathOf(id), AdminJson.Default.Key, cancellationToken);

    /// <summary>Makes a key. No later answer has the secret.</summary>
    public Task<Key> CreateAsync(KeySettings key, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, Root, BodyOf(key), AdminJson.Default.Key, cancellationToken);

    /// <summary>Changes a key.</summary>
    public Task<Key> ChangeAsync(string id, KeySettings change, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Patch, PathOf(id), BodyOf(change), AdminJson.Default.Key, cancellationToken);

    /// <summary>Gives a key a new secret. No later answer has the secret.</summary>
    public Task<Key> RotateAsync(string id, KeyRotation rotation, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            HttpMethod.Post,
            $"{PathOf(id)}/rotate",
            AdminBody.Of(rotation, AdminJson.Default.KeyRotation),
            AdminJson.Default.Key,
            cancellationToken
        );

    /// <summary>Revokes a key. It cannot be used again.</summary>
    public Task<Key> RevokeAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, $"{PathOf(id)}/revoke", null, AdminJson.Default.Key, cancellationToken);

    private static AdminBody BodyOf(KeySettings key) => AdminBody.Of(key, AdminJson.Default.KeySettings).Clear(key.Clear);

    private static string PathOf(string id) => $"{Root}/{AdminPath.Part(id)}";
}
