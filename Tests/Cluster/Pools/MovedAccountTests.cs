using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Usage;
using FlowGpt.Tests.Cluster.Usage;
using FlowGpt.Tests.Unit.Pools.World;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Pools;

/// <summary>The entry of an account is moved to another pool in the accounts file, which the two silos read at different moments.</summary>
public sealed class MovedAccountTests : IAsyncLifetime
{
    private const string From = "from";
    private const string To = "to";

    private readonly EphemeralVault _vault = new();
    private readonly FaultyStorage _storage = new();
    private readonly ConcurrentDictionary<string, FileOfASilo> _files = new(StringComparer.Ordinal);
    private InProcessTestCluster _cluster = null!;
    private int _requests;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", _storage);
                silo.Services.AddSingleton<IGrainStorage>(_storage);
                silo.Services.AddSingleton<IAccountSource>(services => FileOf(services.GetRequiredService<ILocalSiloDetails>().Name));
                silo.Services.AddSingleton<ISecretVault>(_vault);
                silo.Services.AddFlowGptUpstream();
                silo.Services.AddUsageRecording();
                silo.Services.AddTokenPool();
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Move_WhatWasUsed_CountsInTheOtherPool()
    {
        await StartAsync(Limited(requests: 3));
        await UseAsync(From);
        await UseAsync(From);

        Write(0, To, Limited(requests: 3));
        Write(1, To, Limited(requests: 3));

        await UseAsync(To);
        Assert.Equal(3, await UsedAsync(To));
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(To));
    }

    [Fact]
    public async Task Move_SeenByTheNewPoolFirst_WaitsUntilTheOldPoolHasSeenIt()
    {
        await StartAsync(Limited(requests: 4));
        await UseAsync(From);
        Write(1, To, Limited(requests: 4));
        var waiting = await QueuedAsync(To);

        await UseAsync(From);
        await UseAsync(From);
        Assert.IsType<AcquireResult.Queued>(await Pool(To).Await(waiting, TimeSpan.Zero, CancellationToken.None));
        Write(0, To, Limited(requests: 4));

        Hold(To, await WaitAsync(To, waiting)).Settle(sent: true, 1, null);
        await Soon.Becomes(() => UsedAsync(To), static used => used == 4, "the use of both pools counts");
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(To));
    }

    [Fact]
    public async Task Move_SeenByTheOldPoolFirst_NobodyServesBetween()
    {
        await StartAsync(Limited(requests: 3));
        await UseAsync(From);
        await UseAsync(From);

        Write(0, To, Limited(requests: 3));
        await Soon.Becomes(() => NamesAsync(From), static names => names.Length == 0, "the old pool has seen it");
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(From));
        Write(1, To, Limited(requests: 3));

        await UseAsync(To);
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(To));
    }

    [Fact]
    public async Task Move_CallInFlight_IsWaitedForAndItsUseCounts()
    {
        var account = Limited(requests: 10, tokens: 100_000);
        await StartAsync(account);
        var held = Hold(From, await GrantedAsync(From));
        held.MarkAnswered();
        Write(0, To, account);
        Write(1, To, account);
        var waiting = await QueuedAsync(To);

        Assert.IsType<AcquireResult.Queued>(await Pool(To).Await(waiting, TimeSpan.FromSeconds(1.5), CancellationToken.None));
        held.Settle(sent: true, 70_000, null);
        var next = Hold(To, await WaitAsync(To, waiting));

        next.Settle(sent: false, null, null);
        await next.Settled;
        Assert.Equal([1L, 70_000L], (await SnapshotAsync(To)).Windows.Select(static window => window.Used));
    }

    [Fact]
    public async Task Move_CoolDownAndMark_ComeAlong()
    {
        var (limited, refused) = (Account("limited"), Account("refused"));
        await StartAsync(limited, refused);
        for (var i = 0; i < 2; i++)
        {
            var granted = await GrantedAsync(From);
            var held = Hold(From, granted);
            var isLimited = granted is AcquireResult.Granted { Lease.Account: "limited" };
            held.Settle(
                sent: true,
                null,
                isLimited ? Failure(FailureReason.RateLimited, 429, 600) : Failure(FailureReason.Unauthorized, 401)
            );
            await held.Settled;
        }

        Write(0, To, limited, refused);
        Write(1, To, limited, refused);

        await Soon.Becomes(
            async () => (await Pool(To).GetSnapshot()).Accounts.Select(static account => account.State).ToArray(),
            static states => states.SequenceEqual([AccountState.CoolingDown, AccountState.Refused]),
            "both are out in the other pool too"
        );
    }

    /// <summary>The old pool is in the file no more, and its process is not the one that ran it.</summary>
    [Fact]
    public async Task Move_ThePoolIsRenamedWhileNothingRuns_TheUseCounts()
    {
        await StartAsync(Limited(requests: 3));
        await UseAsync(From);
        await UseAsync(From);
        await _cluster.DeactivateAsync(Pool(From));
        Write(0, To, Limited(requests: 3));
        Write(1, To, Limited(requests: 3));
        await _cluster.DeactivateAsync(Pool(To));

        await UseAsync(To);
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(To));
    }

    [Fact]
    public async Task Move_OrderlyEndWithACallInFlight_ItsUseCounts()
    {
        var account = Limited(requests: 10, tokens: 100_000);
        await StartAsync(account);
        var held = Hold(From, await GrantedAsync(From), silo: 1);
        held.MarkAnswered();
        Write(0, To, account);
        Write(1, To, account);
        await _cluster.DeactivateAsync(Pool(From));
        var waiting = await QueuedAsync(To);

        Assert.IsType<AcquireResult.Queued>(await Pool(To).Await(waiting, TimeSpan.FromSeconds(1.5), CancellationToken.None));
        held.Settle(sent: true, 70_000, null);

        Hold(To, await WaitAsync(To, waiting)).Settle(sent: false, null, null);
        Assert.InRange((await SnapshotAsync(To)).Windows[^1].Used, 70_000, 100_000);
    }

    [Fact]
    public async Task Move_ThereAndBack_WithANewName_IsExact()
    {
        await StartAsync(Limited(requests: 4));
        await UseAsync(From);
        var renamed = Limited(requests: 4) with { Name = "y" };
        Write(0, To, renamed);
        Write(1, To, renamed);
        await UseAsync(To);
        await UseAsync(To);
        Write(0, From, Limited(requests: 4));
        Write(1, From, Limited(requests: 4));

        await UseAsync(From);

        Assert.Equal(4, await UsedAsync(From));
        Assert.IsType<AcquireResult.Rejected>(await AskAsync(From));
    }

    [Fact]
    public async Task Move_ToAnotherProvider_BeginsEmpty()
    {
        await StartAsync(Limited(requests: 2));
        await UseAsync(From);
        await UseAsync(From);
        var other = Limited(requests: 2) with { Provider = "openai http://other/" };
        foreach (var file in _files.Values)
        {
            file.ProviderOfTo = "http://other/";
        }

        Write(0, To, other);
        Write(1, To, other);

        await UseAsync(To);
        await UseAsync(To);
    }

    private static AccountDefinition Account(string name, AccountLimits? limits = null) =>
        PoolWorld.Account(name, limits) with
        {
            Provider = PoolDefaults.Of("").PoolOf(From).Provider,
        };

    private static AccountDefinition Limited(int requests, int? tokens = null) =>
        Account("x", new() { RequestsPerDay = requests, TokensPerDay = tokens });

    private FileOfASilo FileOf(string silo) => _files.GetOrAdd(silo, static _ => new());

    private static UpstreamFailure Failure(FailureReason reason, int status, double? retryAfter = null) =>
        new(FailureClass.Credential, reason, status, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, "");

    private async Task StartAsync(params AccountDefinition[] accounts)
    {
        Write(0, From, accounts);
        Write(1, From, accounts);
        for (var silo = 0; silo < 2; silo++)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, _cluster.Silos[silo].SiloAddress);
            await Pool(silo == 0 ? From : To).GetSnapshot();
            RequestContext.Clear();
        }
    }

    private void Write(int silo, string pool, params AccountDefinition[] accounts) =>
        FileOf(_cluster.Silos[silo].Name).Write(pool, [.. accounts.Select(account => account with { Pool = pool })]);

    private ITokenPoolGrain Pool(string pool) => _cluster.Client.GetGrain<ITokenPoolGrain>(pool);

    private ISiloLeases LeasesOf(int silo) =>
        _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<ISiloLeases>();

    private async Task<AcquireResult> AskAsync(string pool, double wait = 0, int silo = 0) =>
        await Pool(pool)
            .Acquire(new($"r{_requests++}", "key", "model", null, [], 0, 0, TimeSpan.FromSeconds(wait), LeasesOf(silo).HolderSilo));

    private async Task<Guid> QueuedAsync(string pool)
    {
        await SeesAsync(pool);
        return Assert.IsType<AcquireResult.Queued>(await AskAsync(pool, wait: 60)).Ticket;
    }

    private async Task SeesAsync(string pool) =>
        await Soon.Becomes(() => NamesAsync(pool), static names => names.Length > 0, "the pool has read the file");

    private async Task<AcquireResult> WaitAsync(string pool, Guid ticket)
    {
        AcquireResult result;
        do
        {
            result = await Pool(pool).Await(ticket, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        } while (result is AcquireResult.Queued);

        return result;
    }

    private async Task<AcquireResult> GrantedAsync(string pool)
    {
        await SeesAsync(pool);
        var result = await AskAsync(pool, wait: 30);
        return result is AcquireResult.Queued queued ? await WaitAsync(pool, queued.Ticket) : result;
    }

    private IHeldLease Hold(string pool, AcquireResult result, int silo = 0) =>
        LeasesOf(silo).Hold(pool, Assert.IsType<AcquireResult.Granted>(result).Lease, new("request", "key", "model", default, 0));

    private async Task UseAsync(string pool)
    {
        var held = Hold(pool, await GrantedAsync(pool));
        held.MarkAnswered();
        held.Settle(sent: true, 1, null);
        await held.Settled;
    }

    private async Task<AccountSnapshot> SnapshotAsync(string pool) => (await Pool(pool).GetSnapshot()).Accounts.Single();

    private async ValueTask<long> UsedAsync(string pool) => (await SnapshotAsync(pool)).Windows[0].Used;

    private async ValueTask<string[]> NamesAsync(string pool) =>
        [.. (await Pool(pool).GetSnapshot()).Accounts.Select(account => account.Name)];

    /// <summary>The accounts file as one silo has read it.</summary>
    private sealed class FileOfASilo : IAccountSource
    {
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _version;
        private volatile AccountSet _accounts = AccountSet.Empty;
        private volatile string _pool = From;

        public string? ProviderOfTo { get; set; }

        public ImmutableArray<string> Pools => [_pool];

        public Task Changed => Volatile.Read(ref _changed).Task;

        public AccountSet For(string pool) => pool == _pool ? _accounts : AccountSet.Empty with { Version = _version };

        public ConfiguredPool PoolOf(string pool)
        {
            var configured = PoolDefaults.Of("").PoolOf(pool);
            return pool == To && ProviderOfTo is { } address
                ? new(configured.Definition with { Kind = "openai", BaseUrl = new(address) }, configured.Limits)
                : configured;
        }

        public void Write(string pool, ImmutableArray<AccountDefinition> accounts)
        {
            (_pool, _accounts) = (pool, new(Interlocked.Increment(ref _version), accounts));
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
