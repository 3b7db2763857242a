using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>A reply as it comes in: one wait for each read of the network, with any number of events.</summary>
internal sealed class StreamedReply : IUpstreamReply
{
    // After [DONE] only the connection's end is missing, which lets the connection be used again.
    private static readonly TimeSpan TailAfterDone = TimeSpan.FromMilliseconds(250);

    // After finish_reason usage may follow, and some servers send neither [DONE] nor an end.
    private static readonly TimeSpan TailAfterFinish = TimeSpan.FromSeconds(5);

    // What is here already is given together, up to so many reads: each of them has at most the 4 KiB of the connection's buffer.
    private const int MostReadsAtOnce = 8;

    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 4096, minimumReadSize: 1024);

    private readonly HttpResponseMessage _response;
    private readonly ReplyDeadline _deadline;
    private readonly CallLimits _limits;
    private readonly Action<UpstreamFailure> _failed;
    private readonly CancellationToken _openToken;
    private readonly PipeReader _body;
    private readonly IReplyReader _reader;
    private readonly EventStreamReader _stream;
    private UpstreamFailure? _failure;
    private Exception? _cause;

    // The read that was begun to see whether more is here; awaited by the next wait, or by the end.
    private ValueTask<ReadResult> _ahead;
    private bool _isAhead;
    private bool _begun;
    private bool _bodyEnded;
    private bool _ended;
    private bool _disposed;

    /// <param name="response">A response whose headers are good; owned from here on.</param>
    /// <param name="body">Its body without compression; owned from here on.</param>
    /// <param name="deadline">The call's time limits, with the wait for the first byte paused; owned from here on.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="reader">Makes events of the body.</param>
    /// <param name="rateLimits">What the answer's head says of the account's limits.</param>
    /// <param name="failed">Called once after a failure.</param>
    /// <param name="openToken">The caller's token that <paramref name="deadline"/> already follows.</param>
    public StreamedReply(
        HttpResponseMessage response,
        Stream body,
        ReplyDeadline deadline,
        CallLimits limits,
        IReplyReader reader,
        RateLimitReport? rateLimits,
        Action<UpstreamFailure> failed,
        CancellationToken openToken
    )
    {
        _response = response;
        _deadline = deadline;
        _limits = limits;
        _failed = failed;
        _openToken = openToken;
        _body = PipeReader.Create(body, PipeOptions);
        _reader = reader;
        _stream = new EventStreamReader(reader, limits, Status);
        RateLimits = rateLimits;
    }

    /// <inheritdoc />
    public TokenUsage? Usage => _reader.Usage;

    /// <inheritdoc />
    public FinishReason FinishReason { get; private set; }

    /// <inheritdoc />
    public RateLimitReport? RateLimits { get; }

    private int Status => (int)_response.StatusCode;

    // What comes after these signs may be missing without harm.
    private bool HasFinished => _stream.IsDone || _reader.HasFinished;

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        using var cancellation =
            cancellationToken == _openToken
                ? default
                : cancellationToken.UnsafeRegister(static deadline => ((ReplyDeadline)deadline!).Cancel(), _deadline);
        _reader.Begin(events);
        while (!_ended && _reader.Given == 0)
        {
            if (_bodyEnded)
            {
                _ended = true;
                _failure = Complete();
                break;
            }

            await ReceiveAsync(cancellationToken);
            for (var reads = 1; reads < MostReadsAtOnce && HasMoreHere(); reads++)
            {
                await ReceiveAsync(cancellationToken);
            }

            _reader.Flush();
            if (_stream.Failure is { } failure)
            {
                _ended = true;
                _failure = failure;
            }
        }

        return _failure is null ? !_ended
            : _reader.Given > 0 ? true
            : throw Failed(_failure);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await EndReadAheadAsync();
            await _body.CompleteAsync();
            _response.Dispose();
            _deadline.Dispose();
        }
    }

    /// <summary>Whether bytes can be read without a wait: they come into one event with those before, so one write to the client.</summary>
    private bool HasMoreHere()
    {
        if (_bodyEnded || _stream.Failure is not null)
        {
            return false;
        }

#pragma warning disable CA2012 // Awaited once: by the next wait, or at the end.
        _ahead = _body.ReadAsync(_deadline.Token);
#pragma warning restore CA2012
        _isAhead = true;
        return _ahead.IsCompletedSuccessfully;
    }

    // A buffer must not be given back while a read writes to it.
    private async ValueTask EndReadAheadAsync()
    {
        if (!_isAhead)
        {
            return;
        }

        _isAhead = false;
        if (!_ahead.IsCompleted)
        {
            _deadline.Cancel();
        }

        try
        {
            await _ahead;
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            // The reply is over, whatever would have come.
        }
    }

    private ValueTask<ReadResult> NextRead()
    {
        if (!_isAhead)
        {
            return _body.ReadAsync(_deadline.Token);
        }

        _isAhead = false;
        return _ahead;
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
        var read = NextRead();
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
        var failure = _reader.Complete(_stream.IsDone, _stream.IsWholeObject, out var reason);
        FinishReason = reason;
        return failure;
    }

    private UpstreamException Failed(UpstreamFailure failure)
    {
        _failed(failure);
        return new UpstreamException(failure, _cause) { RateLimits = RateLimits };
    }
}
