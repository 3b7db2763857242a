using System.Text;
using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>
/// One upstream call whose steps a test gives: first how the call opens, then what its reply says. A step that was not given is waited for,
/// as a real call waits for its network, until the call is cancelled.
/// </summary>
internal sealed class UpstreamScript : IUpstreamReply
{
    private readonly TaskCompletionSource<UpstreamCall> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>();
    private bool _hasMessage;

    /// <summary>The call; completes when it is made.</summary>
    public Task<UpstreamCall> Opened => _opened.Task;

    /// <summary>Completes when a read waits for a step that was not given.</summary>
    public Task Waiting => _read.Task;

    /// <summary>Completes when the call was cancelled while it waited.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Completes when the reply was disposed, which closes the connection.</summary>
    public Task Disposed => _disposed.Task;

    public string? ConversationId { get; set; }

    public FinishReason FinishReason { get; set; } = FinishReason.Stop;

    public TokenUsage? Usage { get; set; }

    /// <summary>The reply begins.</summary>
    public UpstreamScript Answers()
    {
        _answer.TrySetResult(null);
        return this;
    }

    /// <summary>The call fails before its reply begins.</summary>
    public UpstreamScript FailsToOpen(Exception exception)
    {
        _answer.TrySetResult(exception);
        return this;
    }

    /// <summary>The reply begins, if it has not, and has text of its first message.</summary>
    public UpstreamScript Says(string text) =>
        Gives(events =>
        {
            if (!_hasMessage)
            {
                _hasMessage = true;
                events.Append(EventKind.MessageStarted, 0, []);
            }

            events.Append(EventKind.TextDelta, 0, Encoding.UTF8.GetBytes(text));
        });

    /// <summary>The reply begins, if it has not, and has these events in one read.</summary>
    public UpstreamScript Gives(Action<ITurnEventSink> events)
    {
        Answers();
        _steps.Writer.TryWrite(new(events));
        return this;
    }

    /// <summary>The reply begins, if it has not, and breaks off.</summary>
    public UpstreamScript Breaks(Exception exception)
    {
        Answers();
        _steps.Writer.TryWrite(new(_ => throw exception));
        return this;
    }

    /// <summary>The reply begins, if it has not, and ends, its message included.</summary>
    public UpstreamScript Ends()
    {
        Answers();
        _steps.Writer.TryWrite(
            new(
                events =>
                {
                    if (_hasMessage)
                    {
                        events.Append(EventKind.ItemEnded, 0, []);
                    }
                },
                IsLast: true
            )
        );
        return this;
    }

    public static UpstreamException Failure(FailureClass kind, FailureReason reason, TimeSpan? retryAfter = null) =>
        new(new UpstreamFailure(kind, reason, null, retryAfter, $"The upstream failed: {reason}."));

    internal async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        _opened.TrySetResult(call);
        var failure = await NotingCancellation(_answer.Task.WaitAsync(cancellationToken), cancellationToken);
        return failure is null ? this : throw failure;
    }

    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        if (!_steps.Reader.TryRead(out var step))
        {
            _read.TrySetResult();
            step = await NotingCancellation(_steps.Reader.ReadAsync(cancellationToken).AsTask(), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        // As from a network: what has come already is given without a look at the token.
        step.Give(events);
        return !step.IsLast;
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

    private sealed record Step(Action<ITurnEventSink> Give, bool IsLast = false);
}
