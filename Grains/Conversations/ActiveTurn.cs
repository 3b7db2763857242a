using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Keys;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// A turn from its acceptance until its conversation forgets it: its log, who waits for news of it, and the way to stop it.
/// Used on the conversation's scheduler; <see cref="Stop"/> and the times may be used from any thread.
/// </summary>
internal sealed class ActiveTurn : IDisposable
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop;
    private readonly TimeProvider _time;
    private TaskCompletionSource? _news;
    private long _lastRead;
    private int _stopReason;
    private volatile bool _isTold;
    private TaskCompletionSource? _told;

    public ActiveTurn(StartTurn start, ModelEntry model, ImmutableArray<ChatMessage> context, int promptTokens, TimeProvider time)
    {
        Start = start;
        Options = start.Options;
        Model = model;
        Context = context;
        PromptTokens = promptTokens;
        _time = time;
        AcceptedAt = time.GetUtcNow();
        Accepted = _lastRead = time.GetTimestamp();
        _stop = new CancellationTokenSource(start.Timeout, time);
    }

    public StartTurn Start { get; }

    public ModelEntry Model { get; }

    /// <summary>What is sent upstream.</summary>
    public ImmutableArray<ChatMessage> Context { get; }

    public int PromptTokens { get; }

    /// <summary>What is reserved for it on the limits of its key.</summary>
    public HeldKeyUse KeyUse { get; init; } = HeldKeyUse.Unlimited;

    /// <summary>How its caller wants the reply to be made.</summary>
    public GenerationOptions Options { get; private init; }

    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Monotonic time of acceptance.</summary>
    public long Accepted { get; }

    /// <summary>Monotonic time of the first text; 0 before.</summary>
    public long FirstText { get; private set; }

    public ResponseLog Log { get; } = new();

    public ResponseServing? Serving { get; set; }

    /// <summary>Ends when the turn must stop, for whatever reason, its time included.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why it was stopped; <see cref="StopReason.Deadline"/> when nobody but the clock did.</summary>
    public StopReason StopReason => (StopReason)Volatile.Read(ref _stopReason);

    /// <summary>Whether somebody who waits for its end has yet to hear of it.</summary>
    public bool IsAwaited => !_isTold && StopReason is not (StopReason.Caller or StopReason.Abandoned);

    /// <summary>Completes when its end was handed out.</summary>
    public Task WhenTold()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told = Interlocked.CompareExchange(ref _told, told, null) ?? told;
        // Should it have been handed out meanwhile; the other side looks the other way round.
        if (_isTold)
        {
            told.TrySetResult();
        }

        return told.Task;
    }

    /// <summary>Since anybody last asked for its text.</summary>
    public TimeSpan Unread => _time.GetElapsedTime(Volatile.Read(ref _lastRead));

    /// <summary>What is left of the request's time.</summary>
    public TimeSpan Remaining => Start.Timeout - _time.GetElapsedTime(Accepted);

    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _stopReason, (int)reason, (int)StopReason.Deadline) == (int)StopReason.Deadline)
        {
            try
            {
                _stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended meanwhile, which is what was asked for.
            }
        }
    }

    /// <summary>Appends text and wakes readers.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (FirstText == 0)
        {
            FirstText = _time.GetTimestamp();
        }

        Log.Append(text);
        Wake();
    }

    /// <summary>Ends the response and wakes readers.</summary>
    public void Close(ResponseStatus status, ResponseOutcome outcome)
    {
        Log.Close(status, outcome);
        Wake();
    }

    /// <summary>Completes when there is news at this sequence or the wait, of at most 2 s, is over; never throws.</summary>
    public async Task WaitForNews(int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastRead, _time.GetTimestamp());
        if (!Log.HasNews(fromSequence))
        {
            // Continuations must not run inside Append: they would serve a reader from within the pump.
            _news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _news
                .Task.WaitAsync(maxWait < LongestPoll ? maxWait : LongestPoll, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            Volatile.Write(ref _lastRead, _time.GetTimestamp());
        }
    }

    /// <summary>What this end means for the books.</summary>
    public UsageEvent Usage(TurnResult result, int completionTokens)
    {
        var sent = result.Sent;
        return new UsageEvent(
            Start.ResponseId,
            Start.ClientKeyId,
            Start.Model,
            Serving?.Account,
            AcceptedAt,
            sent ? new TokenUsage(PromptTokens, completionTokens, result.CachedTokens) : default,
            result.Error?.Kind,
            result.Estimated,
            FirstText == 0 ? null : _time.GetElapsedTime(Accepted, FirstText),
            _time.GetElapsedTime(Accepted),
            Cancelled: result.Status == ResponseStatus.Cancelled,
            Calls: result.Calls
        );
    }

    public ResponseSlice Slice(Guid epoch, int fromSequence)
    {
        if (Log.IsClosed && !_isTold)
        {
            _isTold = true;
            Interlocked.MemoryBarrier();
            _told?.TrySetResult();
        }

        return new(epoch, Math.Max(fromSequence, Log.NextSequence), Log.TextFrom(fromSequence), Log.Status, Log.Outcome, Serving);
    }

    /// <summary>The answer about a response that is not here.</summary>
    public static ResponseSlice UnknownSlice(Guid epoch, int fromSequence) =>
        new(epoch, fromSequence, [], ResponseStatus.Unknown, null, null);

    public void Dispose() => _stop.Dispose();

    private void Wake()
    {
        var news = _news;
        _news = null;
        news?.SetResult();
    }
}
