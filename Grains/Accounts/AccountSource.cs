using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// The accounts of options and file. Looks at the file every second, its content and not its time stamp: that is small, and works on
/// bind mounts and swapped links where change notices do not. An invalid file is reported once and the accounts stay as they were.
/// </summary>
internal sealed partial class AccountSource : BackgroundService, IAccountSource
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly AccountsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AccountSource> _logger;
    private byte[]? _seen;
    private string? _lastProblem;
    private long _version;
    private volatile FrozenDictionary<string, AccountSet> _byPool = FrozenDictionary<string, AccountSet>.Empty;

    public AccountSource(IOptions<AccountsOptions> options, TimeProvider time, ILogger<AccountSource> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        Use(AccountsLoader.Load(_options, null).Accounts);
        Check();
    }

    public AccountSet For(string pool) => _byPool.GetValueOrDefault(pool, AccountSet.Empty);

    public ImmutableArray<string> Pools => _byPool.Keys;

    /// <summary>Looks at the file now.</summary>
    public void Check()
    {
        var (content, unreadable) = AccountsLoader.ReadFile(_options);
        if (unreadable is not null)
        {
            Report(unreadable);
            return;
        }

        if (content is null)
        {
            return;
        }

        var hash = SHA256.HashData(content);
        if (_seen is not null && hash.AsSpan().SequenceEqual(_seen))
        {
            _lastProblem = null;
            return;
        }

        _seen = hash;
        var loaded = AccountsLoader.Load(_options, content);
        if (loaded.Problems.Length > 0)
        {
            Report(string.Join("; ", loaded.Problems));
            return;
        }

        _lastProblem = null;
        Use(loaded.Accounts);
        LogRead(loaded.Accounts.Length);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrWhiteSpace(_options.File))
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Check();
        }
    }

    private void Use(ImmutableArray<AccountDefinition> accounts)
    {
        _version++;
        _byPool = accounts
            .GroupBy(account => account.Pool ?? _options.Pool)
            .ToFrozenDictionary(static pool => pool.Key, pool => new AccountSet(_version, [.. pool]));
    }

    private void Report(string problem)
    {
        if (problem != _lastProblem)
        {
            _lastProblem = problem;
            LogInvalid(problem);
        }
    }

    [LoggerMessage(EventId = 2201, Level = LogLevel.Information, Message = "Read {Count} accounts")]
    private partial void LogRead(int count);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Error, Message = "The accounts stay as they were: {Problems}")]
    private partial void LogInvalid(string problems);
}
