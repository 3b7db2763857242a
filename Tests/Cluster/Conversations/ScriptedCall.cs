using System.Buffers;
using System.Text;
using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>
/// One upstream call, told step by step by a test: first how it opens, then what its reply says. A step that was not told is waited for,
/// as a real call waits for its network, until the call is cancelled.
/// </summary>
internal sealed class ScriptedCall : IUpstreamReply
{
    private readonly TaskCompletionSource<UpstreamRequest> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<object?> _steps = Channel.CreateUnbounded<object?>();

    /// <summary>The request, once the call was made.</summary>
    public Task<UpstreamRequest> Opened => _opened.Task;

    /// <summary>Completes when the reply is read beyond what was told.</summary>
    public Task Waiting => _read.Task;

    /// <summary>Completes when the call was cancelled while it waited.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Completes when the reply was disposed, which closes the connection.</summary>
    public Task Disposed => _disposed.Task;

    public string? UpstreamConversationId { get; set; }

    /// <summary>The reply begins.</summary>
    public ScriptedCall Answers()
    {
        _answer.TrySetResult(null);
        return this;
    }

    /// <summary>The call fails before its reply begins.</summary>
    public ScriptedCall FailsToOpen(Exception exception)
    {
        _answer.TrySetResult(exception);
        return this;
    }

    /// <summary>The reply begins, if it has not, and brings text.</summary>
    public ScriptedCall Says(string text)
    {
        Answers();
        _steps.Writer.TryWrite(text);
        return this;
    }

    /// <summary>The reply begins, if it has not, and breaks.</summary>
    public ScriptedCall Breaks(Exception exception)
    {
        Answers();
        _steps.Writer.TryWrite(exception);
        return this;
    }

    /// <summary>The reply begins, if it has not, and ends.</summary>
    public ScriptedCall Ends()
    {
        Answers();
        _steps.Writer.TryWrite(null);
        return this;
    }

    public static UpstreamException Failure(FailureClass kind, FailureReason reason, TimeSpan? retryAfter = null) =>
        new(new UpstreamFailure(kind, reason, null, retryAfter, $"The upstream failed: {reason}."));

    internal async Task<IUpstreamReply> OpenAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        _opened.TrySetResult(request);
        var failure = await NotingCancellation(_answer.Task.WaitAsync(cancellationToken), cancellationToken);
        return failure is null ? this : throw failure;
    }

    public async ValueTask<bool> ReadAsync(IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (!_steps.Reader.TryRead(out var step))
        {
            _read.TrySetResult();
            step = await NotingCancellation(_steps.Reader.ReadAsync(cancellationToken).AsTask(), cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (step is Exception exception)
        {
            throw exception;
        }

        if (step is string text)
        {
            destination.Write(Encoding.UTF8.GetBytes(text));
        }

        return step is not null;
    }

    public ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private async Task<T> NotingCancellation<T>(Task<T> wait, CancellationToken cancellationToken)
    {
        try
        {
            return await wait;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }
}
