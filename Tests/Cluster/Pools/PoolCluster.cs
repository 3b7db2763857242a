using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
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

/// <summary>Two silos with pools over a storage whose faults the test chooses. Each test has its own pool.</summary>
public sealed class PoolCluster : IAsyncLifetime, IAccountSource
{
    private readonly EphemeralVault _vault = new();
    private volatile AccountSet _accounts = AccountSet.Empty;

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public FaultyStorage Storage { get; } = new();

    public ITokenPoolGrain Pool { get; private set; } = null!;

    public string Name { get; } = "pool-" + Path.GetRandomFileName();

    public AccountSet For(string pool) => pool == Name ? _accounts : AccountSet.Empty;

    public ImmutableArray<string> Pools => [Name];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>Starts the cluster and activates the pool on the first silo.</summary>
    public async Task Start(params (string Name, AccountLimits Limits)[] accounts)
    {
        Define(accounts);
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", Storage);
                silo.Services.AddSingleton<IGrainStorage>(Storage);
                silo.Services.AddSingleton<IAccountSource>(this);
                silo.Services.AddSingleton<ISecretVault>(_vault);
                silo.Services.AddFlowGptUpstream();
                silo.Services.AddUsageRecording();
                silo.Services.AddTokenPool();
            }
        );
        Cluster = builder.Build();
        await Cluster.DeployAsync();
        Pool = Cluster.Client.GetGrain<ITokenPoolGrain>(Name);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, Cluster.Silos[0].SiloAddress);
        await Pool.GetSnapshot();
        RequestContext.Clear();
    }

    public void Define(params (string Name, AccountLimits Limits)[] accounts) =>
        _accounts = new(_accounts.Version + 1, [.. accounts.Select(account => PoolWorld.Account(account.Name, account.Limits))]);

    internal ISiloLeases LeasesOf(int silo) =>
        Cluster.GetSiloServiceProvider(Cluster.Silos[silo].SiloAddress).GetRequiredService<ISiloLeases>();

    internal async Task<AcquireResult> Ask(double wait = 0, int silo = 0, string key = "key") =>
        await Pool.Acquire(new("request", key, "model", null, [], 0, 0, TimeSpan.FromSeconds(wait), LeasesOf(silo).HolderSilo));

    internal async Task<IHeldLease> Hold(int silo = 0) => Hold(await Ask(silo: silo), silo);

    internal IHeldLease Hold(AcquireResult result, int silo = 0) =>
        LeasesOf(silo).Hold(Name, Assert.IsType<AcquireResult.Granted>(result).Lease, new("request", "key", "model", default, 0));

    /// <summary>Waits for a ticket as callers do.</summary>
    internal async Task<AcquireResult> Wait(AcquireResult result)
    {
        var ticket = Assert.IsType<AcquireResult.Queued>(result).Ticket;
        do
        {
            result = await Pool.Await(ticket, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        } while (result is AcquireResult.Queued);

        return result;
    }
}
