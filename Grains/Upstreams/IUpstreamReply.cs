using System.Buffers;

namespace FlowGpt.Grains.Upstreams;

/// <summary>A reply being received. One reader. Disposing it before its end closes the upstream connection, and never throws.</summary>
public interface IUpstreamReply : IAsyncDisposable
{
    /// <summary>The upstream's own conversation, if it keeps one that a later turn can continue.</summary>
    string? UpstreamConversationId { get; }

    /// <summary>
    /// Waits for text and appends all that is there, as UTF-8 in whole characters, to <paramref name="destination"/>.
    /// True: something was appended and more may follow. False: the reply has ended; nothing was appended.
    /// </summary>
    /// <exception cref="UpstreamException">The reply broke, stalled, was empty, or was not in the protocol's form.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    ValueTask<bool> ReadAsync(IBufferWriter<byte> destination, CancellationToken cancellationToken);
}
