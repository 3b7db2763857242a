using System.Data.Common;
using System.Globalization;

namespace FlowGpt.Silo.Storage;

/// <summary>Removes from the data file the records whose time is over: at the start and once an hour, a few at a time, so that no write waits for it.</summary>
internal sealed partial class RecordRetention(
    SqliteDataSource source,
    IServiceProvider services,
    TimeProvider time,
    ILogger<RecordRetention> logger
) : BackgroundService
{
    private const int AtOnce = 200;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Removes what is due and returns how many records that were.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (state, lifetime) in RecordLifetimes.ByState)
        {
            if (RecordLifetimes.Of(lifetime, services) is { } kept)
            {
                var before = time.GetUtcNow() - kept;
                int some;
                do
                {
                    removed += some = await RemoveSomeAsync(state, before, cancellationToken);
                } while (some == AtOnce);
            }
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

    private async Task<int> RemoveSomeAsync(string state, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            DELETE FROM GrainState
            WHERE rowid IN (SELECT rowid FROM GrainState WHERE GrainType = @State AND ModifiedAt < @Before LIMIT @AtOnce);
            SELECT changes();
            """;
        Add(command, "@State", state);
        // As the statement that writes records has it.
        Add(command, "@Before", before.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        Add(command, "@AtOnce", AtOnce);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt32(0) : 0;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Information, Message = "Removed {Count} records whose time was over")]
    private partial void LogRemoved(int count);

    [LoggerMessage(
        EventId = 6102,
        Level = LogLevel.Warning,
        Message = "Records whose time is over could not be removed; trying again in an hour"
    )]
    private partial void LogFailed(Exception exception);
}
