using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Timing;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// A turn from its acceptance until its conversation forgets it: its log, who waits for news of it, and the way to stop it.
/// Used on the conversation's scheduler; <see cref="Stop"/>, the times, <see cref="WaitForNews"/> and <see cref="Slice"/> may be used from any thread.
/// </summary>
internal sealed partial class ActiveTurn : ITurnEventSink, IDisposable
{
    /// <summary>Most bytes in one slice as <see cref="ResponseLog.From"/> counts, unless a single event has more.</summary>
    private const int MostSliceBytes = 128 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _deadline;
    private readonly TimeProvider _time;
    private TaskCompletionSource? _news;
    private TaskCompletionSource? _unwritten;
    private int _unwrittenBytes;
    private long _lastRead;
    private long _lastEvent;
    private int _stopReason;
    private volatile bool _isTold;
    private bool _hasUntold;
    private long _graceTicks = -1;
    private TaskCompletionSource? _told;

    public ActiveTurn(TurnRequest request, Route route, ImmutableArray<Item> context, int promptTokens, TimeProvider time)
    {
        Request = request;
        Sampling = request.Sampling;
        Route = route;
        Context = context;
        PromptTokens = promptTokens;
        _time = time;
        AcceptedAt = time.GetUtcNow();
        Accepted = _lastRead = _lastEvent = time.GetTimestamp();
        _deadline = time.CreateTimer(static turn => ((ActiveTurn)turn!).StopIfOverdue(), this, Remaining, Timeout.InfiniteTimeSpan);
    }

    public TurnRequest Request { get; }

    public Route Route { get; }

    /// <summary>What is sent upstream.</summary>
    public ImmutableArray<Item> Context { get; }

    public int PromptTokens { get; }

    /// <summary>What is reserved for the turn on the limits of its key.</summary>
    public HeldKeyUse KeyUse { get; init; } = HeldKeyUse.Unlimited;

    /// <summary>How the caller wants the reply to be made.</summary>
    public SamplingOptions Sampling { get; }

    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The account of each chat request that may have been sent upstream for it, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The same, to be sent: null when there was none, as for most turns' first attempt.</summary>
    public string[]? CallsSoFar => Calls.Count == 0 ? null : [.. Calls];

    /// <summary>Monotonic time of acceptance.</summary>
    public long Accepted { get; }

    /// <summary>Monotonic time of the first event; 0 before.</summary>
    public long FirstEvent { get; private set; }

    /// <summary>When the turn ended; set before its end is made durable.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public ResponseLog Log { get; } = new();

    public ResponseServing? Serving { get; set; }

    /// <summary>The targets that can serve the turn, in the order in which they are tried.</summary>
    public ImmutableArray<Target> Targets { get; init; } = [];

    /// <summary>Identifies what is sent upstream, for all clients alike, so that a request that was refused is recognised.</summary>
    public Digest Fingerprint
    {
        get
        {
            if (field.IsNone)
            {
                using var hash = new ContextHash(Request.Instructions ?? "", Request.Format?.Schema ?? "");
                hash.Add(Context.AsSpan());
                foreach (var tool in Request.Tools)
                {
                    hash.Add(MessageItem.Of(MessageRole.System, $"{tool.Name}\n{tool.Description}\n{tool.Parameters}"));
                }

                field = hash.Current() is var digest && digest.IsNone ? new(0, 1) : digest;
            }

            return field;
        }
    }

    /// <summary>The target of the latest attempt; null before the first.</summary>
    public Target? Target { get; set; }

    /// <summary>Cancelled when the turn must stop, for any reason, its elapsed time included.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why it was stopped; <see cref="StopReason.Deadline"/> when its time elapsed.</summary>
    public StopReason StopReason => (StopReason)Volatile.Read(ref _stopReason);

    /// <summary>Whether a waiting reader has not yet got its end.</summary>
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

    /// <summary>Time since its events were last read.</summary>
    public TimeSpan Unread => _time.GetElapsedTime(Volatile.Read(ref _lastRead));

    /// <summary>Whether it runs to its end without readers.</summary>
    public bool IsBackground => Request.Lifetime == TurnLifetime.Background || Request.Keeping is { IsBackground: true };

    /// <summary>How long it goes on unread since its reader has gone away; null when no reader has.</summary>
    public TimeSpan? Grace => Volatile.Read(ref _graceTicks) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

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

    /// <summary>Its reader has disconnected: stops the turn, at once or once it has not been read for the grace. A turn in the background continues.</summary>
    public void Leave(TimeSpan grace)
    {
        if (IsBackground)
        {
            return;
        }

        if (grace <= TimeSpan.Zero)
        {
            Stop(StopReason.Caller);
            return;
        }

        Volatile.Write(ref _graceTicks, grace.Ticks);
    }

    /// <summary>Its reader is there, though it does not read.</summary>
    public void Keep() => Volatile.Write(ref _lastRead, _time.GetTimestamp());

    /// <summary>Appends an event and wakes readers; an event that only begins or ends an item is told with the next event, or by <see cref="TellAll"/>.</summary>
    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _lastEvent, now);
        if (FirstEvent == 0)
        {
            FirstEvent = now;
        }

        Log.Append(kind, item, payload);
        if (_unwritten is not null && Log.Bytes.Length >= _unwrittenBytes)
        {
            WakeWriter();
        }

        if (kind is EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ItemEnded)
        {
            _hasUntold = true;
            return;
        }

        _hasUntold = false;
        Wake();
    }

    /// <summary>Wakes readers if there are events that they were not woken for.</summary>
    public void TellAll()
    {
        if (_hasUntold)
        {
            _hasUntold = false;
            Wake();
        }
    }

    /// <summary>Ends the messages that have started and not ended; items of other kinds stay unfinished.</summary>
    public void EndMessages()
    {
        foreach (var item in Log.OpenMessages())
        {
            Append(EventKind.ItemEnded, item, []);
        }
    }

    /// <summary>Ends the response and wakes readers.</summary>
    public void Close(ResponseStatus status, ResponseOutcome outcome)
    {
        Log.Close(status, outcome);
        WakeWriter();
        Wake();
    }

    /// <summary>Completes when there is news at this sequence or the wait, of at most 2 s, is over, which may be sooner than asked for; never throws.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitForNews(int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastRead, _time.GetTimestamp());
        Volatile.Write(ref _graceTicks, -1);
        Took(fromSequence);
        if (!Log.HasNews(fromSequence))
        {
            // Continuations must not run inside Append: they would serve a reader from within the attempt.
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var news = Interlocked.CompareExchange(ref _news, fresh, null) ?? fresh;
            // An event between the two checks woke no reader.
            if (!Log.HasNews(fromSequence))
            {
                var wait = maxWait < ClusterTiming.Poll ? maxWait : ClusterTiming.Poll;
                await (
                    cancellationToken.CanBeCanceled || !RingIn(wait) ? news.Task.WaitAsync(wait, _time, cancellationToken) : news.Task
                ).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            Volatile.Write(ref _lastRead, _time.GetTimestamp());
        }
    }

    /// <summary>Completes when the log has an event at this sequence and payloads of so many bytes, or is closed. One wait at a time; never throws.</summary>
    public Task WaitForLog(int sequence, int bytes)
    {
        if (Log.IsClosed || (Log.NextSequence > sequence && Log.Bytes.Length >= bytes))
        {
            return Task.CompletedTask;
        }

        _unwrittenBytes = bytes;
        _unwritten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _unwritten.Task;
    }

    /// <summary>What this end means for the books.</summary>
    public UsageEvent Usage(TurnResult result)
    {
        return new UsageEvent(
            Request.ResponseId,
            Request.ClientKeyId,
            Request.Route,
            Serving?.Account,
            AcceptedAt,
            result.Sent ? result.Usage : default,
            result.Error?.Kind,
            result.Estimated,
            FirstEvent == 0 ? null : _time.GetElapsedTime(Accepted, FirstEvent),
            _time.GetElapsedTime(Accepted),
            Cancelled: result.Status == ResponseStatus.Cancelled,
            Calls: result.Calls
        );
    }

    /// <summary>How the response ended.</summary>
    public ResponseOutcome OutcomeOf(TurnResult result, UsageEvent usage) => new(result.FinishReason, usage.Usage, result.Error, EndedAt);

    /// <summary>What a reader gets at one time: a part of the rest where that is long, so that slow readers hold little.</summary>
    public ResponseSlice Slice(Guid epoch, int fromSequence)
    {
        // The outcome first: once it is there, no event follows.
        var outcome = Log.Outcome;
        var events = Log.From(fromSequence, MostSliceBytes);
        var next = Math.Max(fromSequence, Math.Max(0, fromSequence) + events.Count);
        if (next < Log.NextSequence)
        {
            // The end comes with the last of the events.
            outcome = null;
        }

        if (outcome is not null && !_isTold)
        {
            _isTold = true;
            Interlocked.MemoryBarrier();
            _told?.TrySetResult();
        }

        var status =
            outcome is not null ? Log.Status
            : next > 0 ? ResponseStatus.Running
            : ResponseStatus.Queued;
        return new(epoch, next, events, status, outcome, Serving);
    }

    /// <summary>The answer about a response that is not here.</summary>
    public static ResponseSlice UnknownSlice(Guid epoch, int fromSequence) =>
        new(epoch, fromSequence, ResponseEvents.None, ResponseStatus.Unknown, null, null);

    public void Dispose()
    {
        _deadline.Dispose();
        DisposeAlarm();
        _stop.Dispose();
    }

    private void WakeWriter()
    {
        var unwritten = _unwritten;
        _unwritten = null;
        unwritten?.SetResult();
    }

    private void Wake()
    {
        // A full fence: a reader that has just begun to wait either sees the news or is found here.
        Interlocked.Exchange(ref _news, null)?.SetResult();
    }
}
