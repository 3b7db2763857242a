using Microsoft.Extensions.AI;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// Makes any <see cref="IChatClient"/> a pool's upstream. The client is asked to stream; the caller's temperature is passed on, while stop strings and the
/// output limit are left to the gateway, which applies them to every upstream alike. Its own time limits and retries are its own affair.
/// </summary>
public sealed class ChatClientUpstream : IUpstream
{
    private readonly Func<UpstreamRequest, IChatClient> _clientOf;
    private readonly ChatClientFailures _failures;

    /// <param name="client">Serves every account; never disposed here.</param>
    /// <param name="classify">Says what an exception of this client means, or null to leave it to the usual rules.</param>
    public ChatClientUpstream(IChatClient client, Func<Exception, UpstreamFailureKind?>? classify = null)
        : this(_ => client, classify) { }

    /// <param name="clientOf">Gives the client for a request, for instance by its credential; asked for each, so it should keep them. Never disposed here.</param>
    /// <param name="classify">Says what an exception of this client means, or null to leave it to the usual rules.</param>
    public ChatClientUpstream(Func<UpstreamRequest, IChatClient> clientOf, Func<Exception, UpstreamFailureKind?>? classify = null)
    {
        _clientOf = clientOf;
        _failures = new ChatClientFailures(classify);
    }

    /// <inheritdoc />
    public async Task<IUpstreamReply> OpenAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = new ChatOptions
        {
            ModelId = request.Model.UpstreamModel is { Length: > 0 } model ? model : null,
            Temperature = (float?)request.Options.Temperature,
        };
        var reply = new ChatClientReply(_failures, cancellationToken);
        try
        {
            await reply.BeginAsync(cancellation =>
                _clientOf(request).GetStreamingResponseAsync(AiMessages.ToAi(request.Messages), options, cancellation)
            );
            return reply;
        }
        catch
        {
            await reply.DisposeAsync();
            throw;
        }
    }
}
