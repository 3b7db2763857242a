using StackExchange.Redis;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// Writes the table of silos back to Redis when Redis has lost the table, as after the loss of its disk. Without the table the cluster serves requests, but
/// no silo can join and none can be declared dead. Every silo keeps the latest copy; the first silo that notices the loss writes its copy, and only while there is
/// no table. A silo that is missing from a table that other silos have written stops its process, so that it is started again and joins.
/// </summary>
internal sealed partial class MembershipTableRestorer : BackgroundService
{
    private readonly IDatabase _redis;
    private readonly RedisKey _table;
    private readonly RedisValue _own;
    private readonly TimeSpan _interval;
    private readonly ISiloStatusOracle _silos;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private HashEntry[] _copy = [];

    /// <summary>Keeps the table of one cluster.</summary>
    /// <param name="redis">The connection for membership.</param>
    /// <param name="table">The key of the table.</param>
    /// <param name="interval">Between two looks at it.</param>
    /// <param name="silo">This silo.</param>
    /// <param name="silos">Says whether this silo is an active member.</param>
    /// <param name="lifetime">Ends this process.</param>
    /// <param name="time">For the interval.</param>
    /// <param name="logger">Gets what happened.</param>
    public MembershipTableRestorer(
        IConnectionMultiplexer redis,
        string table,
        TimeSpan interval,
        ILocalSiloDetails silo,
        ISiloStatusOracle silos,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<MembershipTableRestorer> logger
    )
    {
        _redis = redis.GetDatabase();
        _table = table;
        _interval = interval;
        _own = silo.SiloAddress.ToString();
        _silos = silos;
        _lifetime = lifetime;
        _time = time;
        _logger = logger;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (_silos.CurrentStatus != SiloStatus.Active)
            {
                continue;
            }

            try
            {
                await LookAsync();
            }
#pragma warning disable CA1031 // A connection that breaks hands its own exception, of any type, to the caller that waits for an answer.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogUnreadable(exception);
            }
        }
    }

    private async Task LookAsync()
    {
        var table = await _redis.HashGetAllAsync(_table);
        if (Array.Exists(table, entry => entry.Name == _own))
        {
            _copy = table;
        }
        else if (table.Length <= 1 && _copy.Length > 0)
        {
            // Without silos the table holds its version at most: a process that starts makes that at once.
            var restore = _redis.CreateTransaction();
            restore.AddCondition(Condition.HashLengthLessThan(_table, 2));
            var written = restore.HashSetAsync(_table, _copy);
            if (await restore.ExecuteAsync())
            {
                await written;
                LogRestored(_copy.Length - 1);
            }
        }
        else if (_copy.Length > 0 && _silos.CurrentStatus == SiloStatus.Active)
        {
            LogMissing();
            _lifetime.StopApplication();
        }
    }

    [LoggerMessage(EventId = 6010, Level = LogLevel.Warning, Message = "The table of silos cannot be read; trying again")]
    private partial void LogUnreadable(Exception exception);

    [LoggerMessage(
        EventId = 6011,
        Level = LogLevel.Error,
        Message = "Redis had lost the table of silos; restored it with {Entries} entries. Grain state that was in Redis is lost too"
    )]
    private partial void LogRestored(int entries);

    [LoggerMessage(
        EventId = 6012,
        Level = LogLevel.Error,
        Message = "The table of silos was replaced and does not list this silo; stopping, to join the cluster at the next start"
    )]
    private partial void LogMissing();
}
