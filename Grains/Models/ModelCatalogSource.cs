using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>
/// The routes in force on this silo: configured routes and routes of the accounts file always; added and discovered routes as this silo last
/// received them. Of two routes with the same id the first in this order wins. Thread-safe.
/// </summary>
public sealed class ModelCatalogSource : IAddedModelsReceiver
{
    private readonly ModelCatalogOptions _options;
    private readonly IRouteSource _file;
    private readonly IPoolSource _pools;
    private readonly ProviderKinds _kinds;
    private readonly Lock _lock = new();
    private AddedModels _added = new(0, []);
    private DiscoveredModels _discovered = DiscoveredModels.None;
    private volatile Routes _routes;

    public ModelCatalogSource(IOptions<ModelCatalogOptions> options, IRouteSource file, IPoolSource pools, ProviderKinds kinds)
    {
        _options = options.Value;
        _file = file;
        _pools = pools;
        _kinds = kinds;
        _routes = Build(file.Current);
    }

    /// <summary>All routes: configured routes first.</summary>
    public ModelCatalog Catalog => Current.Catalog;

    /// <summary>A route by the name a client used, compared ordinally; null if there is none.</summary>
    public Route? Find(string id) => Current.ById.GetValueOrDefault(id).Route;

    /// <summary>Most tokens of a target's context and reply, as its provider reports; null when unknown.</summary>
    public int? ContextWindowOf(Target target) => Current.Maker.WindowOf(target);

    /// <summary>What providers say they have, as this silo last heard.</summary>
    internal DiscoveredModels Discovered => _discovered;

    /// <summary>Where the route of an id was defined; null when there is none.</summary>
    internal AccountOrigin? OriginOf(string id) => Current.ById.TryGetValue(id, out var found) ? found.Origin : null;

    /// <summary>Whether a route stands in the configuration.</summary>
    internal bool IsConfigured(string id) => OriginOf(id) == AccountOrigin.Configuration;

    /// <summary>Takes over the added routes, unless newer routes are known.</summary>
    public void Use(AddedModels added)
    {
        lock (_lock)
        {
            if (added.Version > _added.Version)
            {
                _added = added;
                _routes = Build(_file.Current);
            }
        }
    }

    /// <summary>Takes over the discovered models, unless newer models are known.</summary>
    internal void Use(DiscoveredModels discovered)
    {
        lock (_lock)
        {
            if (discovered.Version > _discovered.Version)
            {
                _discovered = discovered;
                _routes = Build(_file.Current);
            }
        }
    }

    private Routes Current => ReferenceEquals(_routes.File, _file.Current) ? _routes : Rebuild();

    private Routes Rebuild()
    {
        lock (_lock)
        {
            return _routes = Build(_file.Current);
        }
    }

    private Routes Build(ConfiguredRoutes file)
    {
        var maker = new RouteMaker(_pools, _kinds, file.Prices, _discovered, _options.IsDemo);
        var byId = new Dictionary<string, (Route Route, AccountOrigin Origin)>(StringComparer.Ordinal);
        var ordered = new List<Route>();
        Add(
            _options.Aliases.Select(static alias => alias.ToDefinition()).Concat(file.Routes).Select(maker.Make),
            AccountOrigin.Configuration
        );
        if (_options.Aliases.Count == 0 && DefaultsApply(file))
        {
            Add(ModelCatalogOptions.Defaults.Select(static alias => alias.ToDefinition()).Select(maker.Make), AccountOrigin.Configuration);
        }

        Add(_added.Routes.Select(maker.Make), AccountOrigin.Api);
        Add(maker.MakeDiscovered(file.Discovering.Select(static pool => pool.Name), byId.ContainsKey), AccountOrigin.Discovery);
        return new(file, maker, new ModelCatalog([.. ordered], _options.IsDemo), byId.ToFrozenDictionary(StringComparer.Ordinal));

        void Add(IEnumerable<Route> routes, AccountOrigin origin)
        {
            foreach (var route in routes.ToArray())
            {
                if (byId.TryAdd(route.Id, (route, origin)))
                {
                    ordered.Add(route);
                }
            }
        }
    }

    /// <summary>The built-in routes need accounts of their pool: they are left out where the operator named only other providers.</summary>
    private static bool DefaultsApply(ConfiguredRoutes file) =>
        file.Pools.IsEmpty || ModelCatalogOptions.Defaults.Any(route => file.PoolsWithAccounts.Contains(route.Pool));

    private sealed record Routes(
        ConfiguredRoutes File,
        RouteMaker Maker,
        ModelCatalog Catalog,
        FrozenDictionary<string, (Route Route, AccountOrigin Origin)> ById
    );
}
