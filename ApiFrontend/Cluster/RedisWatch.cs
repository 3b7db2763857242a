using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Looks, when a connection to Redis has failed, at what Redis answers to a new one, and says in the log why the library cannot connect again where that is known: a password
/// that was changed, for example. Thread-safe.
/// </summary>
public sealed partial class RedisWatch : IHostedService, IDisposable
{
    private readonly IConnectionMultiplexer _redis;
    private readonly ConfigurationOptions _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisWatch> _logger;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _token;
    private volatile RedisTrouble? _trouble;
    private int _isLooking;

    public RedisWatch(IConnectionMultiplexer redis, ConfigurationOptions configuration, TimeProvider time, ILogger<RedisWatch> logger)
    {
        ArgumentNullException.ThrowIfNull(redis);
        (_redis, _configuration, _time, _logger) = (redis, configuration, time, logger);
        _token = _ended.Token;
    }

    /// <summary>Why Redis, which answers, cannot be used; null while it can be, and where it does not answer at all.</summary>
    public string? Trouble =>
        _trouble is { Answers: true } trouble ? $"Redis at {RedisConnector.Describe(_configuration)} {trouble.Says}" : null;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _redis.ConnectionFailed += OnFailed;
        _redis.ConnectionRestored += OnRestored;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _redis.ConnectionFailed -= OnFailed;
        _redis.ConnectionRestored -= OnRestored;
        return _ended.CancelAsync();
    }

    public void Dispose() => _ended.Dispose();

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure)
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
        {
            _ = LookAsync(_token);
        }
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored) => _trouble = null;

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = _trouble;
            var found = await RedisProbe.LookAsync(_configuration, _time, cancellationToken);
            found = _redis.IsConnected ? null : found;
            if (found is not null && found != before)
            {
                LogTrouble(RedisConnector.Describe(_configuration), found.Says, found.Fix);
            }

            _trouble = found;
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    [LoggerMessage(EventId = 6007, Level = LogLevel.Error, Message = "Redis at {Address} {Problem}. {Advice}")]
    private partial void LogTrouble(string address, string problem, string advice);
}
