using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Admin.Contracts.Members;

/// <summary><c>/admin/me</c>: what belongs to the person who is signed in. Thread-safe.</summary>
public sealed class MemberClient
{
    private const string Keys = "admin/me/keys";

    private readonly AdminTransport _transport;

    internal MemberClient(AdminTransport transport) => _transport = transport;

    /// <summary>What the person may give their keys.</summary>
    public Task<MemberTerms> TermsAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/me", AdminJson.Default.MemberTerms, cancellationToken);

    /// <summary>The person's keys, oldest first, ended ones too.</summary>
    public Task<KeyList> KeysAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync(Keys, AdminJson.Default.KeyList, cancellationToken);

    /// <summary>Makes a key. No later answer has the secret.</summary>
    public Task<Key> CreateKeyAsync(KeySettings key, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            HttpMethod.Post,
            Keys,
            AdminBody.Of(key, AdminJson.Default.KeySettings).Clear(key.Clear),
            AdminJson.Default.Key,
            cancellationToken
        );

    /// <summary>Revokes a key. It cannot be used again.</summary>
    public Task<Key> RevokeKeyAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Delete, $"{Keys}/{AdminPath.Part(id)}", null, AdminJson.Default.Key, cancellationToken);

    /// <summary>The usage of the person's keys.</summary>
    public Task<UsageReport> UsageAsync(UsageRequest request, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"admin/me/usage{UsageClient.QueryOf(request)}", AdminJson.Default.UsageReport, cancellationToken);
}
