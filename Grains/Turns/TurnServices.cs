using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Timing;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Grains.Turns;

/// <summary>What every turn on this silo shares. One per silo, so that an activation holds one reference instead of ten.</summary>
internal sealed class TurnServices(
    PoolCatalog pools,
    IGrainFactory grains,
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
    ModelCatalogSource models,
    ISiloLeases leases,
    IKeyReservations keys,
    TokenCounter tokens,
    IUsageRecorder usage,
    ResponseRegistry registry,
    TurnAdmission admission,
    IOptions<TurnOptions> options,
    TurnInstruments instruments,
    UsageInstruments usageInstruments,
    IOptions<EmulationOptions> emulation,
    ClusterTiming timing,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, ITokenPoolGrain> _pools = new(StringComparer.Ordinal);
    private readonly IAffinityIndexGrain?[] _affinity = new IAffinityIndexGrain?[IAffinityIndexGrain.Shards];

    public IGrainFactory Grains => grains;

    /// <summary>The grain of a pool. Kept, since Orleans finds the interface's name by reflection each time that it makes a reference.</summary>
    public ITokenPoolGrain PoolGrain(string pool) =>
        _pools.GetOrAdd(pool, static (name, grains) => grains.GetGrain<ITokenPoolGrain>(name), grains);

    /// <summary>The affinity index's shard of a context; kept like <see cref="PoolGrain"/>.</summary>
    public IAffinityIndexGrain AffinityOf(Digest context)
    {
        var shard = IAffinityIndexGrain.ShardOf(context);
        return _affinity[shard] ??= grains.GetGrain<IAffinityIndexGrain>(shard);
    }

    /// <summary>For records that are not a grain's own.</summary>
    public IGrainStorage Storage => storage;

    public PoolCatalog Pools => pools;

    public ModelCatalogSource Models => models;

    /// <summary>A route by its id; a route that this silo does not know may just have been added.</summary>
    public ValueTask<Route?> FindRoute(string id) => models.Find(id) is { } route ? new(route) : FindAddedRoute(id);

    /// <summary>The targets of a route that can do what a turn needs, in the order in which they are tried; or why there is none.</summary>
    public TargetChoice TargetsFor(Route route, TurnRequest request, ImmutableArray<Item> context, int promptTokens) =>
        TargetChoice.For(
            route,
            request,
            promptTokens,
            CapabilitiesOf,
            models.ContextWindowOf,
            LoadOf,
            target => UpstreamDecorators.SizeOf(request, context, CapabilitiesOf(target) ?? default, WindowOf(route, target), tokens),
            () => tokens.CountTools(request, promptTokens)
        );

    /// <summary>Most tokens of context and reply at a target of a route; null when unknown.</summary>
    public int? WindowOf(Route route, Target target) =>
        (route.ContextWindow, models.ContextWindowOf(target)) is ({ } ours, { } theirs)
            ? Math.Min(ours, theirs)
            : route.ContextWindow ?? models.ContextWindowOf(target);

    /// <summary>More tokens than this no target of a route, or not the client's key, takes from a turn; a tool's description may yet be shortened.</summary>
    public int MostTokens(Route route, TurnRequest request)
    {
        var most = 0L;
        foreach (var target in route.Targets)
        {
            most = Math.Max(most, (long)(WindowOf(route, target) ?? int.MaxValue) * (request.Tools.IsEmpty ? 1 : TargetChoice.FarBeyond));
        }

        var limits = request.Terms?.Limits;
        foreach (var limit in (ReadOnlySpan<long?>)[limits?.TokensPerMinute, limits?.TokensPerDay, limits?.TokensPerMonth])
        {
            most = limit < most ? limit.Value : most;
        }

        return (int)Math.Min(int.MaxValue, most);
    }

    /// <summary>Calls of this silo in flight at a target's pool: frontends spread turns over silos, so each silo sees about its share of every pool's load.</summary>
    public int LoadOf(Target target) => leases.CountOf(target.Pool);

    /// <summary>What a target can do; null when its pool is not defined or its provider kind is not known.</summary>
    public ModelCapabilities? CapabilitiesOf(Target target) => pools.CapabilitiesOf(target.Pool, target.Model);

    public ISiloLeases Leases => leases;

    public IKeyReservations Keys => keys;

    public TokenCounter Tokens => tokens;

    public IUsageRecorder Usage => usage;

    public ResponseRegistry Registry => registry;

    public TurnAdmission Admission => admission;

    public TurnOptions Options { get; } = options.Value;

    /// <summary>Whether a reply that cannot be read is an error.</summary>
    public bool FailsLoudly { get; } = emulation.Value.Unreadable == UnreadableReply.Error;

    public TurnInstruments Instruments => instruments;

    public UsageInstruments UsageInstruments => usageInstruments;

    public ClusterTiming Timing => timing;

    public TimeProvider Time => time;

    public string SiloAddress => leases.HolderSilo;

    private async ValueTask<Route?> FindAddedRoute(string id)
    {
        models.Use(await grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).GetAdded());
        models.Use(await grains.GetGrain<IModelDiscoveryGrain>(IModelDiscoveryGrain.Key).Get());
        return models.Find(id);
    }
}
