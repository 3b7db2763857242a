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

    /// <summary>Responses in flight.</summary>
    public int Count => _turns.Count;

    public void Add(ActiveTurn turn) => _turns.TryAdd(turn, 0);

    public void Remove(ActiveTurn turn) => _turns.TryRemove(turn, out _);

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
            // The host stops; turns in flight are drained by whoever stops it.
        }
    }

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "Response {ResponseId} was not read for {Unread}; stopping it")]
    private partial void LogAbandoned(string responseId, TimeSpan unread);
}
