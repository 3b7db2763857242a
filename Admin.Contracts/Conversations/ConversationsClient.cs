using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Conversations;

/// <summary><c>/admin/conversations</c>. Thread-safe.</summary>
public sealed class ConversationsClient
{
    private readonly AdminTransport _transport;

    internal ConversationsClient(AdminTransport transport) => _transport = transport;

    /// <summary>How many conversations the clients have stored, and their sizes.</summary>
    public Task<ConversationList> ListAsync(ConversationFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new();
        var query = new AdminQuery()
            .Add("key_id", filter.KeyId)
            .Add("skip", filter.Skip == 0 ? null : filter.Skip)
            .Add("limit", filter.Limit);
        return _transport.GetAsync($"admin/conversations{query}", AdminJson.Default.ConversationList, cancellationToken);
    }
}
