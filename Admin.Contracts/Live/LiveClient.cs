using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Live;

/// <summary><c>/admin/events</c>, <c>/admin/requests</c> and <c>/admin/attention</c>. Thread-safe.</summary>
public sealed class LiveClient
{
    private readonly AdminTransport _transport;

    internal LiveClient(AdminTransport transport) => _transport = transport;

    /// <summary>Events as they happen, until the gateway or the token ends the stream. Call the method again after an end.</summary>
    public async IAsyncEnumerable<LiveEvent> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await _transport.SendAsync(
            HttpMethod.Get,
            "admin/events",
            null,
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(content, Read).EnumerateAsync(cancellationToken))
        {
            if (item.Data is { } live)
            {
                yield return live;
            }
        }
    }

    /// <summary>Some of the latest requests of clients, newest first.</summary>
    public Task<RequestList> RequestsAsync(RequestFilter filter, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"admin/requests{QueryOf(filter)}", AdminJson.Default.RequestList, cancellationToken);

    /// <summary>One request, by its own id or its response's.</summary>
    public Task<RequestDetails> RequestAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"admin/requests/{AdminPath.Part(id)}", AdminJson.Default.RequestDetails, cancellationToken);

    /// <summary>What an operator should look at now.</summary>
    public Task<AttentionList> AttentionAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/attention", AdminJson.Default.AttentionList, cancellationToken);

    private static LiveEvent? Read(string type, ReadOnlySpan<byte> data) =>
        type switch
        {
            "sample" => new(JsonSerializer.Deserialize(data, AdminJson.Default.LiveSample), null),
            "account" => new(null, JsonSerializer.Deserialize(data, AdminJson.Default.AccountChanged)),
            _ => null,
        };

    private static AdminQuery QueryOf(RequestFilter filter) =>
        new AdminQuery()
            .Add("before", filter.Before)
            .Add("limit", filter.Limit)
            .Add("key_id", filter.KeyId)
            .Add("model", filter.Model)
            .Add("account", filter.Account)
            .Add("outcome", filter.Outcome)
            .Add("error", filter.Error);
}
