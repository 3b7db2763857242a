namespace FlowGpt.Grains.Upstreams;

/// <summary>A chat service behind the gateway. Registered by name (keyed service, the key is the upstream's name); stateless and thread-safe.</summary>
public interface IUpstream
{
    /// <summary>Whether it keeps conversations that a later turn can continue with its new message alone.</summary>
    bool KeepsConversations => false;

    /// <summary>
    /// Sends the request and returns once the reply has begun (its headers are good), before its text is read.
    /// </summary>
    /// <exception cref="UpstreamException">The call failed; the exception carries the classified failure.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the connection is closed.</exception>
    Task<IUpstreamReply> OpenAsync(UpstreamRequest request, CancellationToken cancellationToken);
}
