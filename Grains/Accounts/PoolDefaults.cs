using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What holds for pools that the accounts file does not define.</summary>
/// <param name="Pool">The pool of accounts and models that name none.</param>
/// <param name="Environment">Pools of the environment.</param>
internal sealed record PoolDefaults(string Pool, ImmutableArray<ConfiguredPool> Environment)
{
    /// <summary>The kind of pools without a definition: the only kind of the first edition.</summary>
    public const string Kind = "flowgpt";

    /// <summary>The default pool alone.</summary>
    public static PoolDefaults Of(string pool) => new(pool, []);

    /// <summary>A pool that no file defines: a pool of the environment, or a pool with only a name.</summary>
    public ConfiguredPool PoolOf(string name) =>
        Environment.FirstOrDefault(pool => pool.Definition.Name == name) ?? new(new() { Name = name, Kind = Kind }, AccountLimits.None);
}
