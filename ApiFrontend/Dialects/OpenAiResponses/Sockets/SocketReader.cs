using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>
/// Reads the messages of a WebSocket while earlier messages are answered, so that a disconnect is noticed at once. A client that sends faster than it is answered
/// waits.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="mostBytes">Most bytes of a message.</param>
internal sealed class SocketReader(WebSocket socket, int mostBytes)
{
    private const int MostWaiting = 8;
    private const int ReadSize = 16 * 1024;

    private readonly Channel<ReadOnlyMemory<byte>?> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>?>(MostWaiting);

    /// <summary>The messages in order; null for a message that is too long, after which no message follows and what is received is discarded.</summary>
    public ChannelReader<ReadOnlyMemory<byte>?> Messages => _messages.Reader;

    /// <summary>Reads until the client closes, breaks off or sends what it may not; then there are no more messages. Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken) is { } message)
            {
                var isTooLong = message.Length > mostBytes;
                // A bare null would become an empty message.
                await _messages.Writer.WriteAsync(isTooLong ? default(ReadOnlyMemory<byte>?) : message, cancellationToken);
                if (isTooLong)
                {
                    _messages.Writer.TryComplete();
                    await PassOverAsync(cancellationToken);
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone, which the end of the messages shows.
        }

        _messages.Writer.TryComplete();
    }

    /// <summary>Reads on until the client closes: a connection that is closed with bytes unread loses what was last sent to the client.</summary>
    private async Task PassOverAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[ReadSize];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close) { }
    }

    /// <summary>A whole message, or more bytes of it than are allowed; null when the client closes.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(ReadSize);
        while (message.WrittenCount <= mostBytes)
        {
            var read = await socket.ReceiveAsync(message.GetMemory(ReadSize), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Advance(read.Count);
            if (read.EndOfMessage)
            {
                break;
            }
        }

        return message.WrittenMemory;
    }
}
