using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>A reply as it comes in: one wait for each read of the network, with any number of fragments.</summary>
internal sealed class FlowGptReply : IUpstreamReply
{
    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 4096, minimumReadSize: 1024);

    private readonly HttpResponseMessage _response;
    private readonly ReplyDeadline _deadline;
    private readonly TimeSpan _betweenBytes;
    private readonly FlowGptInstruments _instruments;
    private readonly CancellationToken _openToken;
    private readonly PipeReader _body;
    private readonly NdjsonTextReader _lines;
    private readonly ArrayBufferWriter<byte> _text = new(512);
    private UpstreamFailure? _failure;
    private bool _begun;
    private bool _ended;
    private bool _disposed;

    /// <param name="response">A response whose headers are good; owned from here on.</param>
    /// <param name="deadline">The call's time limits, with the wait for the first byte paused; owned from here on.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="instruments">Where failures and skipped lines are counted.</param>
    /// <param name="conversationId">The upstream conversation, if any.</param>
    /// <param name="openToken">The caller's token that <paramref name="deadline"/> already follows.</param>
    public FlowGptReply(
        HttpResponseMessage response,
        ReplyDeadline deadline,
        FlowGptSettings settings,
        FlowGptInstruments instruments,
        string? conversationId,
        CancellationToken openToken
    )
    {
        _response = response;
        _deadline = deadline;
        _betweenBytes = settings.BetweenBytesTimeout;
        _instruments = instruments;
        _openToken = openToken;
        _body = PipeReader.Create(response.Content.ReadAsStream(CancellationToken.None), PipeOptions);
        _lines = new NdjsonTextReader(settings.MaxLineBytes);
        ConversationId = conversationId;
    }

    /// <inheritdoc />
    public string? ConversationId { get; }

    /// <inheritdoc />
    public FinishReason FinishReason => FinishReason.Stop;

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        using var cancellation =
            cancellationToken == _openToken
                ? default
                : cancellationToken.UnsafeRegister(static deadline => ((ReplyDeadline)deadline!).Cancel(), _deadline);
        var before = _lines.TextBytes;
        while (!_ended && _lines.TextBytes == before)
        {
            var received = await ReceiveAsync(cancellationToken);
            var body = received.Buffer;
            var end = body.End;
            Settle(_lines.Read(ref body, received.IsCompleted, _text));
            _body.AdvanceTo(body.Start, end);
        }

        if (_text.WrittenCount > 0)
        {
            if (before == 0)
            {
                events.Append(EventKind.MessageStarted, 0, []);
            }

            events.Append(EventKind.TextDelta, 0, _text.WrittenSpan);
            _text.ResetWrittenCount();
            return true;
        }

        if (_failure is not null)
        {
            throw Failed(_failure);
        }

        events.Append(EventKind.ItemEnded, 0, []);
        return false;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _instruments.Skipped(_lines);
            _body.Complete();
            _response.Dispose();
            _deadline.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask<ReadResult> ReceiveAsync(CancellationToken cancellationToken)
    {
        var read = _body.ReadAsync(_deadline.Token);
        if (read.IsCompletedSuccessfully)
        {
            _begun = true;
            return await read;
        }

        if (_begun)
        {
            _deadline.Begin(FailureReason.IdleTimeout, _betweenBytes);
        }
        else
        {
            _deadline.Resume();
        }

        try
        {
            var received = await read;
            _begun = true;
            return received;
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or HttpRequestException)
        {
            _ended = true;
            cancellationToken.ThrowIfCancellationRequested();
            _openToken.ThrowIfCancellationRequested();
            _failure = _deadline.Expired is { } reason ? UpstreamFailures.Timeout(reason) : UpstreamFailures.InsideReply(Status);
            throw Failed(_failure, failure);
        }
        finally
        {
            _deadline.Pause();
        }
    }

    private int Status => (int)_response.StatusCode;

    private void Settle(NdjsonState state)
    {
        _ended = state != NdjsonState.More;
        _failure = state switch
        {
            NdjsonState.EndWithoutText => UpstreamFailures.EmptyReply(Status),
            NdjsonState.EndWithoutEvents or NdjsonState.LineTooLong => UpstreamFailures.InvalidBody(Status),
            NdjsonState.EndInsideLine => UpstreamFailures.InsideReply(Status),
            NdjsonState.EndInError => UpstreamFailures.ErrorInReply(Status),
            NdjsonState.Html => UpstreamFailures.Challenge(Status),
            _ => null,
        };
    }

    private UpstreamException Failed(UpstreamFailure failure, Exception? inner = null)
    {
        _instruments.Failed(failure);
        return new UpstreamException(failure, inner);
    }
}
