using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Models;

/// <summary><c>/admin/models</c>. Thread-safe.</summary>
public sealed class ModelsClient
{
    private readonly AdminTransport _transport;

    internal ModelsClient(AdminTransport transport) => _transport = transport;

    /// <summary>All models: origin, targets, and whether the provider still has the targets' models.</summary>
    public Task<ModelList> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/models", AdminJson.Default.ModelList, cancellationToken);

    /// <summary>Adds a model or replaces an added one.</summary>
    public Task<ModelEntry> PutAsync(string id, ModelSettings model, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            HttpMethod.Put,
            PathOf(id),
            AdminBody.Of(model, AdminJson.Default.ModelSettings),
            AdminJson.Default.ModelEntry,
            cancellationToken
        );

    /// <summary>Removes an added model.</summary>
    public Task<ModelRemoved> RemoveAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Delete, PathOf(id), null, AdminJson.Default.ModelRemoved, cancellationToken);

    /// <summary>Asks the providers that have a search which models are still there, and what the search finds.</summary>
    public Task<ModelList> RefreshAsync(string query = "", CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            HttpMethod.Post,
            $"admin/models/refresh{new AdminQuery().Add("query", query)}",
            null,
            AdminJson.Default.ModelList,
            cancellationToken
        );

    private static string PathOf(string id) => $"admin/models/{AdminPath.Part(id)}";
}
