using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What holds for pools that the accounts file does not define.</summary>
/// <param name="Pool">The pool of accounts and models that name none.</param>
/// <param name="Environment">Pools of the environment.</param>
internal sealed record PoolDefaults(string Pool, ImmutableArray<ConfiguredPool> Environment)
{
    /// <summary>The kind of pools without a definition: the only one of the first edition.</summary>
    public const string Kind = "flowgpt";

    /// <summary>The default pool alone.</summary>
    public static PoolDefaults Of(string pool) => new(pool, []);

    /// <summary>A pool that no file defines: one of the environment, or one with nothing but a name.</summary>
    public ConfiguredPool PoolOf(string name) =>
        Environment.FirstOrDefault(pool => pool.Definition.Name == name) ?? new(new() { Name = name, Kind = Kind }, AccountLimits.None);
}
