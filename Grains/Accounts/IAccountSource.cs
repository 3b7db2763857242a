using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>Where pools get their accounts. One per silo; thread-safe; answers from memory.</summary>
public interface IAccountSource
{
    /// <summary>The present accounts of a pool; <see cref="AccountSet.Empty"/> when the pool is not configured.</summary>
    AccountSet For(string pool);

    /// <summary>Names of the pools that have configured accounts.</summary>
    ImmutableArray<string> Pools => [];

    /// <summary>Completes with the next change of anything.</summary>
    Task Changed => NoChange;

    private static readonly Task NoChange = new TaskCompletionSource().Task;

    /// <summary>The pool as it is configured; a pool without a definition has only its name and the kind of the first edition.</summary>
    ConfiguredPool PoolOf(string pool) => PoolDefaults.Of("").PoolOf(pool);
}
