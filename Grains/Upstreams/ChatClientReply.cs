using System.Buffers;
using System.Text;
using Microsoft.Extensions.AI;

namespace FlowGpt.Grains.Upstreams;

/// <summary>A foreign chat client's reply as UTF-8. A surrogate pair split over two updates comes out whole.</summary>
internal sealed class ChatClientReply : IUpstreamReply
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _opener;
    private readonly CancellationToken _openToken;
    private readonly ChatClientFailures _failures;
    private readonly Encoder _encoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetEncoder();
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Task<bool>? _next;
    private bool _hadText;
    private bool _ended;

    public ChatClientReply(ChatClientFailures failures, CancellationToken openToken)
    {
        _failures = failures;
        _openToken = openToken;
        _opener = openToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
    }

    /// <inheritdoc />
    public string? UpstreamConversationId => null;

    /// <summary>Begins the reply and waits for its first update.</summary>
    public async Task BeginAsync(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> begin)
    {
        try
        {
            _updates = begin(_cancellation.Token).GetAsyncEnumerator(_cancellation.Token);
            _next = _updates.MoveNextAsync().AsTask();
        }
        catch (Exception failure)
        {
            throw _failures.From(failure);
        }

        await AwaitAsync(_next, _openToken);
    }

    /// <inheritdoc />
    public async ValueTask<bool> ReadAsync(IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        using var cancellation = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(),
            _cancellation
        );
        var written = 0;
        while (!_ended && (written == 0 || _next!.IsCompleted))
        {
            if (written > 0 && !_next!.IsCompletedSuccessfully)
            {
                // Text first; the failure is for the next read.
                break;
            }

            if (await AwaitAsync(_next!, cancellationToken))
            {
                ThrowIfError(_updates!.Current);
                written += Write(_updates.Current.Text, flush: false, destination);
                _next = _updates.MoveNextAsync().AsTask();
            }
            else
            {
                _ended = true;
                written += Write("", flush: true, destination);
            }
        }

        _hadText |= written > 0;
        return _hadText ? written > 0 : throw new UpstreamException(UpstreamFailures.EmptyReply(null));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _opener.Unregister();
        await _cancellation.CancelAsync();
        try
        {
            // An enumerator may not be disposed while it moves.
            if (_next is not null)
            {
                await _next;
            }

            if (_updates is not null)
            {
                await _updates.DisposeAsync();
            }
        }
        catch (Exception)
        {
            // The reply is over; how the client takes it changes nothing.
        }
    }

    // Some clients report a failure inside a reply as a part of it.
    private void ThrowIfError(ChatResponseUpdate update)
    {
        if (update.Contents.Any(content => content is ErrorContent))
        {
            _ended = true;
            throw _failures.From(new InvalidOperationException("The reply holds an error."));
        }
    }

    private int Write(string text, bool flush, IBufferWriter<byte> destination)
    {
        if (text.Length == 0 && !flush)
        {
            return 0;
        }

        var target = destination.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var written = _encoder.GetBytes(text, target, flush);
        destination.Advance(written);
        return written;
    }

    private async Task<bool> AwaitAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next;
        }
        catch (Exception failure)
        {
            _ended = true;
            cancellationToken.ThrowIfCancellationRequested();
            _openToken.ThrowIfCancellationRequested();
            throw _failures.From(failure);
        }
    }
}
