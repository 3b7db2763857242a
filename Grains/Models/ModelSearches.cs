using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Models;

/// <summary>The targets of routes whose provider has a search, each provider once.</summary>
internal sealed class ModelSearches
{
    private readonly ImmutableArray<(IModelSearch Search, ConfiguredPool Pool, Target Target)> _targets;

    private ModelSearches(ImmutableArray<(IModelSearch, ConfiguredPool, Target)> targets) => _targets = targets;

    public bool IsEmpty => _targets.IsEmpty;

    public static ModelSearches Of(ImmutableArray<Route> routes, IAccountSource accounts, ProviderKinds kinds) =>
        new([
            .. routes
                .SelectMany(static route => route.Targets)
                .DistinctBy(static target => (target.Pool, target.Model))
                .Select(target => (Pool: accounts.PoolOf(target.Pool), target))
                .Select(one => (kinds.Find(one.Pool.Definition.Kind) as IModelSearch, one.Pool, one.target))
                .Where(static one => one.Item1 is not null)
                .Select(static one => (one.Item1!, one.Pool, one.target)),
        ]);

    /// <summary>What the providers' searches find.</summary>
    /// <exception cref="IOException">A search failed.</exception>
    public async Task<ImmutableArray<FoundModel>> SearchAsync(string query, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(
            _targets
                .DistinctBy(static one => one.Pool.Provider)
                .Select(one => one.Search.SearchAsync(one.Pool.Definition, query, cancellationToken))
        );
        return [.. found.SelectMany(static models => models)];
    }

    /// <summary>Whether the providers have each target's model; targets as <c>pool/model</c>.</summary>
    public async Task<ImmutableArray<(string Target, ModelPresence Presence)>> LookAsync(CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(
            _targets.Select(async one =>
                (one.Target.ToString(), await one.Search.LookAsync(one.Pool.Definition, one.Target.Model, cancellationToken))
            )
        );
        return [.. looks];
    }
}
