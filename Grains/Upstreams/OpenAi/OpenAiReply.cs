using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>A reply as it comes in: one wait for each read of the network, however many events it brings.</summary>
internal sealed class OpenAiReply : IUpstreamReply
{
    // After [DONE] only the connection's end is missing, which lets the connection be used again.
    private static readonly TimeSpan TailAfterDone = TimeSpan.FromMilliseconds(250);

    // After finish_reason usage may follow, and some servers send neither [DONE] nor an end.
    private static readonly TimeSpan TailAfterFinish = TimeSpan.FromSeconds(5);

    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 4096, minimumReadSize: 1024);

    private readonly HttpResponseMessage _response;
    private readonly ReplyDeadline _deadline;
    private readonly OpenAiLimits _limits;
    private readonly Action<UpstreamFailure> _failed;
    private readonly CancellationToken _openToken;
    private readonly PipeReader _body;
    private readonly ChatReplyItems _items;
    private readonly ChatChunkReader _chunks;
    private readonly ChatStreamReader _stream;
    private UpstreamFailure? _failure;
    private Exception? _cause;
    private bool _begun;
    private bool _bodyEnded;
    private bool _ended;
    private bool _disposed;

    /// <param name="response">A response whose headers are good; owned from here on.</param>
    /// <param name="body">Its body without compression; owned from here on.</param>
    /// <param name="deadline">The call's time limits, with the wait for the first byte paused; owned from here on.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="failed">Told of a failure once.</param>
    /// <param name="newCallId">Makes an id for a tool call whose server gives none.</param>
    /// <param name="openToken">The caller's token that <paramref name="deadline"/> already follows.</param>
    public OpenAiReply(
        HttpResponseMessage response,
        Stream body,
        ReplyDeadline deadline,
        OpenAiLimits limits,
        Action<UpstreamFailure> failed,
        Func<string> newCallId,
        CancellationToken openToken
    )
    {
        _response = response;
        _deadline = deadline;
        _limits = limits;
        _failed = failed;
        _openToken = openToken;
        _body = PipeReader.Create(body, PipeOptions);
        _items = new ChatReplyItems(newCallId);
        _chunks = new ChatChunkReader(_items, Status);
        _stream = new ChatStreamReader(_chunks, limits, Status);
        RateLimits = RateLimitHeaders.Read(response.Headers);
    }

    /// <inheritdoc />
    public TokenUsage? Usage => _chunks.Usage;

    /// <inheritdoc />
    public FinishReason FinishReason { get; private set; }

    /// <inheritdoc />
    public RateLimitReport? RateLimits { get; }

    private int Status => (int)_response.StatusCode;

    // What comes after these signs may be missing without harm.
    private bool HasFinished => _stream.IsDone || _chunks.Finish is not null;

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        using var cancellation =
            cancellationToken == _openToken
                ? default
                : cancellationToken.UnsafeRegister(static deadline => ((ReplyDeadline)deadline!).Cancel(), _deadline);
        _items.Begin(events);
        while (!_ended && _items.Given == 0)
        {
            if (_bodyEnded)
            {
                _ended = true;
                _failure = Complete();
                break;
            }

            await ReceiveAsync(cancellationToken);
            _items.Flush();
            if (_stream.Failure is { } failure)
            {
                _ended = true;
                _failure = failure;
            }
        }

        return _failure is null ? !_ended
            : _items.Given > 0 ? true
            : throw Failed(_failure);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _body.CompleteAsync();
            _response.Dispose();
            _deadline.Dispose();
        }
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var received = await WaitAsync();
            _begun = true;
            var body = received.Buffer;
            var end = body.End;
            if (!_stream.IsDone)
            {
                _stream.Read(ref body, received.IsCompleted);
            }
            else
            {
                body = body.Slice(end);
            }

            _body.AdvanceTo(body.Start, end);
            _bodyEnded = received.IsCompleted;
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            _bodyEnded = true;
            cancellationToken.ThrowIfCancellationRequested();
            _openToken.ThrowIfCancellationRequested();
            if (!HasFinished)
            {
                _ended = true;
                _cause = failure;
                _failure = _deadline.Expired is { } reason ? UpstreamFailures.Timeout(reason) : UpstreamFailures.InsideReply(Status);
            }
        }
    }

    private async ValueTask<ReadResult> WaitAsync()
    {
        var read = _body.ReadAsync(_deadline.Token);
        if (read.IsCompletedSuccessfully)
        {
            return await read;
        }

        if (HasFinished)
        {
            _deadline.Begin(FailureReason.IdleTimeout, _stream.IsDone ? TailAfterDone : TailAfterFinish);
        }
        else if (_begun)
        {
            _deadline.Begin(FailureReason.IdleTimeout, _limits.BetweenBytes);
        }
        else
        {
            _deadline.Resume();
        }

        try
        {
            return await read;
        }
        finally
        {
            _deadline.Pause();
        }
    }

    /// <summary>Ends the items; returns a failure when the reply is not whole.</summary>
    private UpstreamFailure? Complete()
    {
        var isWhole = HasFinished || _stream.IsWholeObject || _chunks.Usage is not null;
        if (!_items.HasItems && (!isWhole || !MayBeEmpty))
        {
            return UpstreamFailures.EmptyReply(Status);
        }

        if (!isWhole || _items.Complete(_chunks.Finish) is not { } finish)
        {
            return OpenAiFailures.Unfinished(Status);
        }

        FinishReason = finish;
        return null;
    }

    // An empty message is a reply when the server says what it cost or why there is nothing.
    private bool MayBeEmpty =>
        (_chunks.Usage is not null && HasFinished) || _chunks.Finish is FinishReason.Length or FinishReason.ContentFilter;

    private UpstreamException Failed(UpstreamFailure failure)
    {
        _failed(failure);
        return new UpstreamException(failure, _cause) { RateLimits = RateLimits };
    }
}
