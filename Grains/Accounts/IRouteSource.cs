using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>What the accounts file and the environment say beside accounts. One per silo; thread-safe; answers from memory.</summary>
public interface IRouteSource
{
    /// <summary>What is in force; another object after each change.</summary>
    ConfiguredRoutes Current { get; }
}

/// <summary>Models and pools as configured at one time.</summary>
/// <param name="Routes">The models of the accounts file, in its order.</param>
/// <param name="Prices">Prices of single targets.</param>
/// <param name="Pools">All pools that are defined, those of the file first, in its order.</param>
/// <param name="PoolsWithAccounts">Names of the pools that have configured accounts.</param>
/// <param name="Notes">What an operator should know of the environment and need not change.</param>
public sealed record ConfiguredRoutes(
    ImmutableArray<RouteDefinition> Routes,
    ImmutableArray<TargetPrice> Prices,
    ImmutableArray<ConfiguredPool> Pools,
    ImmutableHashSet<string> PoolsWithAccounts,
    ImmutableArray<string> Notes
)
{
    /// <summary>Nothing is configured.</summary>
    public static ConfiguredRoutes None { get; } = new([], [], [], [], []);

    /// <summary>Names of the pools whose provider is asked for its models, in the order of the file.</summary>
    public IEnumerable<PoolDefinition> Discovering => Pools.Select(static pool => pool.Definition).Where(static pool => pool.Discover);
}
