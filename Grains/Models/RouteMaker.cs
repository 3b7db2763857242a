using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Models;

/// <summary>Makes routes of definitions and of discovered models, with the defaults that the targets' provider kinds know. Pure.</summary>
/// <param name="pools">How pools are defined.</param>
/// <param name="kinds">The provider kinds of this process.</param>
/// <param name="prices">Prices of single targets.</param>
/// <param name="discovered">What providers say they have.</param>
/// <param name="isDemo">Whether the built-in simulator answers.</param>
internal sealed class RouteMaker(
    IPoolSource pools,
    ProviderKinds kinds,
    ImmutableArray<TargetPrice> prices,
    DiscoveredModels discovered,
    bool isDemo
)
{
    /// <summary>For the <c>created</c> field: routes have no date of their own, and a changing date would confuse caches.</summary>
    private const long Created = 1_735_689_600;

    private readonly Dictionary<(string Pool, string Model), DiscoveredModel> _discovered = Index(discovered);

    /// <summary>The route of a definition.</summary>
    public Route Make(RouteDefinition definition)
    {
        var first = definition.Targets[0];
        var kindsOfTargets = definition.Targets.Select(KindOf).ToArray();
        return new(
            definition.Id,
            definition.Targets,
            isDemo ? "Demo: answered by the built-in simulator, because no upstream account is configured."
                : string.IsNullOrWhiteSpace(definition.Description) ? kindsOfTargets[0]?.Describe(first) ?? $"The model {first}."
                : definition.Description,
            definition.ContextWindow ?? WindowOf(definition.Targets),
            definition.CleanResponsePrefix ?? Array.Exists(kindsOfTargets, static kind => kind?.LabelsReplies == true),
            Created,
            isDemo ? "simulator" : _discovered.GetValueOrDefault((first.Pool, first.Model))?.OwnedBy ?? first.Pool,
            definition.Price ?? prices.FirstOrDefault(price => (price.Pool, price.Model) == (first.Pool, first.Model))?.Price
        );
    }

    /// <summary>
    /// The routes of discovered models that no other route hides: <c>pool/model</c> of each, and the bare name, which means all pools that offer the
    /// model, in the order of the pools.
    /// </summary>
    /// <param name="discovering">Names of the pools with discovery, in their order.</param>
    /// <param name="isTaken">Whether another route has an id.</param>
    public IEnumerable<Route> MakeDiscovered(IEnumerable<string> discovering, Func<string, bool> isTaken)
    {
        var offers = discovering
            .SelectMany(pool =>
                discovered
                    .Pools.Where(one => one.Pool == pool)
                    .SelectMany(static one => one.Models.DistinctBy(static model => model.Id))
                    .Select(model => (Pool: pool, Model: model.Id))
            )
            .ToArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (pool, model) in offers)
        {
            if (!isTaken($"{pool}/{model}") && taken.Add($"{pool}/{model}"))
            {
                yield return Make(new() { Id = $"{pool}/{model}", Targets = [new(pool, model)] });
            }
        }

        foreach (var same in offers.GroupBy(static offer => offer.Model, StringComparer.Ordinal))
        {
            if (!isTaken(same.Key) && taken.Add(same.Key))
            {
                var targets = same.Select(static (offer, i) => new Target(offer.Pool, offer.Model) { Order = i });
                yield return Make(new() { Id = same.Key, Targets = [.. targets] });
            }
        }
    }

    /// <summary>Most tokens of a target's context; null when unknown.</summary>
    public int? WindowOf(Target target) =>
        _discovered.GetValueOrDefault((target.Pool, target.Model))?.ContextWindow ?? KindOf(target)?.DefaultContextWindow;

    /// <summary>The largest window, when all are known: single targets are held against their own.</summary>
    private int? WindowOf(ImmutableArray<Target> targets)
    {
        var windows = targets.Select(WindowOf).ToArray();
        return Array.TrueForAll(windows, static window => window is not null) ? windows.Max() : null;
    }

    private IProviderKind? KindOf(Target target) => pools.Find(target.Pool) is { } pool ? kinds.Find(pool.Kind) : null;

    private static Dictionary<(string, string), DiscoveredModel> Index(DiscoveredModels discovered)
    {
        var index = new Dictionary<(string, string), DiscoveredModel>();
        foreach (var pool in discovered.Pools)
        {
            foreach (var model in pool.Models)
            {
                index.TryAdd((pool.Pool, model.Id), model);
            }
        }

        return index;
    }
}
