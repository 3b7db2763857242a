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

    /// <summary>A page of what is written in a conversation, or in the context of a kept response. Admins only, where the gateway shows it; noted in its audit log.</summary>
    /// <param name="id">The id of the conversation, the response or the chat completion.</param>
    /// <param name="limit">Most items; 1 to 200.</param>
    /// <param name="after">The item after which the page begins; null for the first page.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ConversationText> ReadAsync(string id, int limit = 50, string? after = null, CancellationToken cancellationToken = default)
    {
        var query = new AdminQuery().Add("limit", limit).Add("after", after);
        return _transport.GetAsync(
            $"admin/conversations/{Uri.EscapeDataString(id)}{query}",
            AdminJson.Default.ConversationText,
            cancellationToken
        );
    }
}
