using System.Collections.Immutable;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>A pool of the accounts file or of the environment.</summary>
/// <param name="Definition">How its provider is called.</param>
/// <param name="Limits">The limits of its accounts that have none of their own.</param>
/// <param name="Origin">Null for a pool of the accounts file; else the environment variable that the pool came from.</param>
public sealed record ConfiguredPool(PoolDefinition Definition, AccountLimits Limits, string? Origin = null)
{
    /// <summary>Kind and address: accounts of different providers are never the same account.</summary>
    public string Provider { get; } = $"{Definition.Kind} {Definition.BaseUrl}".TrimEnd();

    /// <summary>Whether another configuration of the pool says the same.</summary>
    public bool IsSameAs(ConfiguredPool other)
    {
        var (one, two) = (Definition, other.Definition);
        return Limits == other.Limits
            && Origin == other.Origin
            && (one.Name, one.Kind, one.BaseUrl, one.Discover, one.KeyHeader, one.KeyScheme, one.Wire)
                == (two.Name, two.Kind, two.BaseUrl, two.Discover, two.KeyHeader, two.KeyScheme, two.Wire)
            && Same(one.Headers, two.Headers)
            && Same(one.Query, two.Query)
            && Same(one.Paths, two.Paths)
            && one.Quirks.SetEquals(two.Quirks);
    }

    private static bool Same(ImmutableDictionary<string, string> one, ImmutableDictionary<string, string> two) =>
        one.Count == two.Count && one.All(pair => two.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
