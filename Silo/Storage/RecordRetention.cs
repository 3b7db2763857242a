using System.Data.Common;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// Removes from the data file the records whose retention has elapsed: at the start and once an hour, a few at a time, so that no write waits for it. No single reading of the clock
/// removes anything: a plausible clock (<see cref="ClockTrust"/>) marks the records, and a day later the marked records are removed.
/// </summary>
internal sealed partial class RecordRetention(
    SqliteDataSource source,
    ClockTrust trust,
    IServiceProvider services,
    TimeProvider time,
    ILogger<RecordRetention> logger
) : BackgroundService
{
    private const int AtOnce = 200;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly RetentionTable _table = new(source);
    private readonly long _started = time.GetTimestamp();
    private readonly Dictionary<string, TimeSpan> _marked = [];
    private bool _doubts;

    /// <summary>Removes what is due, notes what is over its time, and returns how many records were removed.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (now, running) = (time.GetUtcNow(), time.GetElapsedTime(_started));
        var believed = trust.Believes(now, running);
        if (_doubts == believed)
        {
            _doubts = !believed;
            if (_doubts)
            {
                LogDoubted(now);
            }
        }

        var removed = 0;
        foreach (var (state, lifetime) in RecordLifetimes.ByState)
        {
            if (RecordLifetimes.Of(lifetime, services) is { } kept)
            {
                removed += await SweepAsync(state, now - kept, believed, now, running, cancellationToken);
            }
        }

        return removed;
    }

    private async Task<int> SweepAsync(
        string state,
        DateTimeOffset over,
        bool believed,
        DateTimeOffset now,
        TimeSpan running,
        CancellationToken cancellationToken
    )
    {
        var mark = await _table.ReadAsync(state, cancellationToken);
        if (mark?.IsVoid(now) == true)
        {
            mark = null;
            await _table.WriteAsync(state, null, cancellationToken);
        }

        var removed = 0;
        if (mark is not null)
        {
            if (!mark.IsDue(now, _marked.TryGetValue(state, out var since) ? running - since : null))
            {
                return 0;
            }

            // The setting may have become longer since the note was made.
            var before = mark.Before < over ? mark.Before : over;
            int some;
            do
            {
                removed += some = await _table.RemoveAsync(state, before, AtOnce, cancellationToken);
            } while (some == AtOnce);
        }

        if (believed)
        {
            await _table.WriteAsync(state, new(over, now), cancellationToken);
            _marked[state] = running;
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await TrySweepAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await SweepAsync(cancellationToken) is > 0 and var removed)
            {
                LogRemoved(removed);
            }
        }
        catch (DbException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Information, Message = "Removed {Count} records whose time was over")]
    private partial void LogRemoved(int count);

    [LoggerMessage(
        EventId = 6104,
        Level = LogLevel.Warning,
        Message = "The clock says {Now}, far beyond the newest record: no record is taken for over its time until the next start, or for a week"
    )]
    private partial void LogDoubted(DateTimeOffset now);

    [LoggerMessage(
        EventId = 6102,
        Level = LogLevel.Warning,
        Message = "Records whose time is over could not be removed; trying again in an hour"
    )]
    private partial void LogFailed(Exception exception);
}
