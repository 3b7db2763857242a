using System.Collections.Concurrent;
using FlowGpt.Grains.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// The responses being generated on this silo. Stops responses that no frontend reads any more (the frontend was killed), so that they free
/// their accounts' slots. When the process stops, responses in flight have DrainTimeout to end; that time starts before the web server stops,
/// because the web server waits for its connections and would use up the whole time. Thread-safe.
/// </summary>
internal sealed partial class ResponseRegistry(IOptions<TurnOptions> options, TimeProvider time, ILogger<ResponseRegistry> logger)
    : BackgroundService,
        IHostedLifecycleService,
        IRunningResponses
{
    // At a stop, the ends of these may not have been read yet.
    private const int LatestEnds = 64;

    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswersArriveWithin = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<ActiveTurn, byte> _turns = new();
    private readonly ConcurrentQueue<ActiveTurn> _ended = new();
    private readonly TimeSpan _abandonedAfter = options.Value.AbandonedAfter;
    private readonly TimeSpan _grace = options.Value.DisconnectGrace;
    private readonly TimeSpan _drainTimeout = options.Value.DrainTimeout;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;
    private Task? _drain;
    private int _entering;

    /// <summary>Whether this process is stopping: what is in flight ends, and nothing new should come.</summary>
    public bool IsDraining => _draining;

    /// <summary>Responses in flight.</summary>
    public int Count => _turns.Count;

    /// <summary>
    /// Announces a turn before it is known whether it may begin: a drain waits for it, too. Admission is asked after this, and <see cref="Leave"/> follows
    /// when the turn was added or came to nothing.
    /// </summary>
    public void Enter() => Interlocked.Increment(ref _entering);

    /// <summary>Ends an <see cref="Enter"/>.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref _entering);
        NoteIfDrained();
    }

    public void Add(ActiveTurn turn) => _turns.TryAdd(turn, 0);

    public void Remove(ActiveTurn turn)
    {
        _turns.TryRemove(turn, out _);
        _ended.Enqueue(turn);
        if (_ended.Count > LatestEnds)
        {
            _ended.TryDequeue(out _);
        }

        NoteIfDrained();
    }

    /// <summary>Stops turns that were not read for longer than allowed.</summary>
    public void StopAbandoned()
    {
        foreach (var (turn, _) in _turns)
        {
            if (!turn.IsBackground && turn.Unread > (turn.Grace ?? _abandonedAfter))
            {
                LogAbandoned(turn.Request.ResponseId, turn.Unread);
                turn.Stop(StopReason.Abandoned);
            }
        }
    }

    /// <summary>Stops everything in flight; readers are told that the response was interrupted.</summary>
    public void StopAll(StopReason reason = StopReason.Shutdown)
    {
        foreach (var (turn, _) in _turns)
        {
            turn.Stop(reason);
        }
    }

    /// <inheritdoc/>
    public void StopForLostContact() => StopAll(StopReason.Isolated);

    /// <summary>Gives responses in flight DrainTimeout to end, then stops those that still run. Returns at once.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _drain ??= DrainAsync();
        return Task.CompletedTask;
    }

    /// <summary>Returns when nothing is in flight any more, or all that is has been stopped.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await StoppingAsync(cancellationToken);
        await _drain!.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        StopAll();
        await base.StopAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The entering count is read first: a turn that has left that count is among the turns.
    private bool IsEmpty => Volatile.Read(ref _entering) == 0 && _turns.IsEmpty;

    private void NoteIfDrained()
    {
        if (_draining && IsEmpty)
        {
            _drained.TrySetResult();
        }
    }

    private async Task DrainAsync()
    {
        _draining = true;
        // A turn that announces itself after this sees that this process drains; a turn that did so before is waited for.
        Interlocked.MemoryBarrier();
        if (!IsEmpty)
        {
            LogDraining(_turns.Count, _drainTimeout);
            await _drained.Task.WaitAsync(_drainTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            StopAll();
        }

        await WaitForReadersAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_turns.Keys.Concat(_ended).Any(static turn => turn.Unread < AnswersArriveWithin))
        {
            // The connections of this silo close next, and an end that was given a moment ago may still be on its way to its reader.
            await Task.Delay(AnswersArriveWithin, TimeProvider.System);
        }
    }

    // Once this silo leaves, what was not read is gone, and its reader would take a whole reply for a lost reply. What was stopped just now is about to end.
    // Other processes are waited for, so this process' clock is not used.
    private Task WaitForReadersAsync() =>
        Task.WhenAll(
                _turns
                    .Keys.Concat(_ended)
                    .Where(static turn => turn.IsAwaited && turn.Unread < ReadWithin)
                    .Select(static turn => turn.WhenTold())
            )
            .WaitAsync(ReadWithin, TimeProvider.System);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shortest = _grace > TimeSpan.Zero && _grace < _abandonedAfter ? _grace : _abandonedAfter;
        using var timer = new PeriodicTimer(shortest / 3 > ShortestLook ? shortest / 3 : ShortestLook, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                StopAbandoned();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "Response {ResponseId} was not read for {Unread}; stopping it")]
    private partial void LogAbandoned(string responseId, TimeSpan unread);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Information, Message = "Stopping: {Count} responses in flight have {Timeout} to end")]
    private partial void LogDraining(int count, TimeSpan timeout);
}
