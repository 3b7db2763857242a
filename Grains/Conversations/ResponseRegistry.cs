using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// The responses being generated on this silo. Stops those that nobody reads any more (their frontend died without a word), so that
/// an account's slot is not held for the dead. Thread-safe.
/// </summary>
internal sealed partial class ResponseRegistry(IOptions<ConversationOptions> options, TimeProvider time, ILogger<ResponseRegistry> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<ActiveTurn, byte> _turns = new();
    private readonly TimeSpan _abandonedAfter = options.Value.AbandonedAfter;
    private readonly TimeSpan _drainTimeout = options.Value.DrainTimeout;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;

    /// <summary>Responses in flight.</summary>
    public int Count => _turns.Count;

    public void Add(ActiveTurn turn) => _turns.TryAdd(turn, 0);

    public void Remove(ActiveTurn turn)
    {
        _turns.TryRemove(turn, out _);
        if (_draining && _turns.IsEmpty)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Stops what nobody has read for longer than allowed.</summary>
    public void StopAbandoned()
    {
        foreach (var (turn, _) in _turns)
        {
            if (turn.Unread > _abandonedAfter)
            {
                LogAbandoned(turn.Start.ResponseId, turn.Unread);
                turn.Stop(StopReason.Abandoned);
            }
        }
    }

    /// <summary>Stops everything in flight; readers get an honest interruption.</summary>
    public void StopAll()
    {
        foreach (var (turn, _) in _turns)
        {
            turn.Stop(StopReason.Shutdown);
        }
    }

    /// <summary>Lets responses in flight end by themselves for a while, then stops the others.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        if (!_turns.IsEmpty)
        {
            LogDraining(_turns.Count, _drainTimeout);
            await _drained.Task.WaitAsync(_drainTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            StopAll();
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_abandonedAfter / 3, time);
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
