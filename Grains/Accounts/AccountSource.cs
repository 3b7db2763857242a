using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// The pools, accounts and models of options and file. Looks at the file's content every second, which works on bind mounts and swapped links where change notices
/// do not, and earlier where its time stamp or length has changed. An account that something is wrong with is reported and left out; a file that is
/// wrong elsewhere is reported once, and the accounts stay as they were.
/// </summary>
internal sealed partial class AccountSource : BackgroundService, IAccountSource, IPoolSource, IRouteSource, IAccountsFileWatch
{
    private const int MostTold = 20;
    private const int MostText = 1000;
    private const int GlancesPerLook = 5;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly AccountsOptions _options;
    private readonly ProviderKinds _kinds;
    private readonly TimeProvider _time;
    private readonly ILogger<AccountSource> _logger;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _seen;
    private KnownEntries? _entries;
    private string? _lastProblem;

    // Of the content that was seen last, whatever became of the file since.
    private AccountsFileStatus? _statusOfSeen;
    private volatile AccountsFileStatus? _status;
    private long _version;
    private readonly ConcurrentDictionary<string, ConfiguredPool> _pools = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, AccountSet> _byPool = FrozenDictionary<string, AccountSet>.Empty;
    private volatile ConfiguredRoutes _current = ConfiguredRoutes.None;

    public AccountSource(IOptions<AccountsOptions> options, ProviderKinds kinds, TimeProvider time, ILogger<AccountSource> logger)
    {
        _options = options.Value;
        _kinds = kinds;
        _time = time;
        _logger = logger;
        Use(AccountsLoader.Load(_options, null, kinds));
        Check();
        foreach (var note in _current.Notes)
        {
            LogNote(note);
        }
    }

    public AccountSet For(string pool) => _byPool.GetValueOrDefault(pool, AccountSet.Empty);

    public ImmutableArray<string> Pools => _byPool.Keys;

    public Task Changed => Volatile.Read(ref _changed).Task;

    public ConfiguredRoutes Current => _current;

    public AccountsFileStatus? Status => _status;

    public IReadOnlyCollection<string> Names =>
        [.. _current.Pools.Select(static pool => pool.Definition.Name).Concat(_byPool.Keys).Append(_options.Pool).Distinct()];

    public ConfiguredPool PoolOf(string pool) =>
        _pools.TryGetValue(pool, out var known) ? known : _pools.GetOrAdd(pool, PoolDefaults.Of(_options.Pool).PoolOf);

    public PoolDefinition Find(string pool) => PoolOf(pool).Definition;

    /// <summary>Looks at the file now.</summary>
    public void Check()
    {
        if (_seen is { } seen && AccountsLoader.HashFile(_options) is { } hash && hash.AsSpan().SequenceEqual(seen))
        {
            SeeSame();
            return;
        }

        Read();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrWhiteSpace(_options.File))
        {
            return;
        }

        using var timer = new PeriodicTimer(Glance, _time);
        var stamp = AccountsLoader.StampOf(_options.File);
        for (var glance = 1; await timer.WaitForNextTickAsync(stoppingToken); glance++)
        {
            var before = stamp;
            stamp = AccountsLoader.StampOf(_options.File);
            if (stamp != before)
            {
                Read();
            }
            else if (glance % GlancesPerLook == 0)
            {
                Check();
            }
        }
    }

    private void Read()
    {
        var (content, unreadable) = AccountsLoader.ReadFile(_options);
        if (unreadable is not null)
        {
            _status = new(Cut(unreadable), [], 0);
            Report(unreadable);
            return;
        }

        if (content is null)
        {
            return;
        }

        var hash = SHA256.HashData(content);
        if (_seen is { } seen && hash.AsSpan().SequenceEqual(seen))
        {
            SeeSame();
            return;
        }

        _seen = hash;
        var loaded = AccountsLoader.Load(_options, content, _kinds, _entries);
        _entries = loaded.Entries ?? _entries;
        if (loaded.Problems.Length > 0 || (loaded.Accounts.IsEmpty && !loaded.Bad.IsEmpty))
        {
            var problems = string.Join("; ", loaded.Problems.Concat(loaded.Bad.Take(MostTold).Select(static one => one.Problem)));
            _status = _statusOfSeen = new(Cut(problems), [], 0);
            Report(problems);
            return;
        }

        _lastProblem = null;
        _status = _statusOfSeen = StatusOf(loaded.Bad);
        Use(loaded);
        LogRead(loaded.Accounts.Length);
        if (!loaded.Bad.IsEmpty)
        {
            LogBad(loaded.Bad.Length, string.Join("; ", loaded.Bad.Take(MostTold).Select(static one => one.Problem)));
        }
    }

    private void SeeSame()
    {
        _lastProblem = null;
        _status = _statusOfSeen;
    }

    private static AccountsFileStatus? StatusOf(ImmutableArray<BadAccount> bad) =>
        bad.IsEmpty
            ? null
            : new(
                null,
                [.. bad.Take(MostTold).Select(static one => new LeftOutAccount(one.Pool, Cut(one.Name), Cut(one.Problem)))],
                bad.Length
            );

    // Silos say this whenever they are asked how they are.
    private static string Cut(string text) => text.Length <= MostText ? text : $"{text[..MostText]}…";

    private void Use(AccountsFileContent loaded)
    {
        _version++;
        // An unchanged definition stays the same object: its pool continues with the upstream that it has.
        foreach (var pool in loaded.Pools)
        {
            _pools.AddOrUpdate(
                pool.Definition.Name,
                static (_, made) => made,
                static (_, old, made) => old.IsSameAs(made) ? old : made,
                pool
            );
        }

        foreach (var before in _current.Pools.Where(before => loaded.Pools.All(pool => pool.Definition.Name != before.Definition.Name)))
        {
            _pools.TryRemove(before.Definition.Name, out _);
        }

        var bad = loaded.Bad.ToLookup(static one => one.Pool, static one => new HiddenAccount(one.Name, one.Problem));
        var accounts = loaded.Accounts.ToLookup(static account => account.Pool);
        _byPool = accounts
            .Select(static pool => pool.Key)
            .Union(bad.Select(static pool => pool.Key))
            .ToFrozenDictionary(static pool => pool, pool => new AccountSet(_version, [.. accounts[pool]]) { Bad = [.. bad[pool]] });
        _current = new(
            loaded.Models,
            loaded.Prices,
            [.. loaded.Pools.Select(pool => _pools[pool.Definition.Name])],
            [.. _byPool.Keys],
            loaded.Notes
        );
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
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

    [LoggerMessage(
        EventId = 2204,
        Level = LogLevel.Error,
        Message = "{Count} times something is wrong with an account of the file; these accounts are not in force, the others are: {Problems}"
    )]
    private partial void LogBad(int count, string problems);

    [LoggerMessage(EventId = 2203, Level = LogLevel.Warning, Message = "{Note}")]
    private partial void LogNote(string note);
}
