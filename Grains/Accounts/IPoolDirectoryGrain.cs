using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Which pools there have ever been, by their provider: an account that appears in one may come from any other of its provider, also from a pool that is no longer
/// in the accounts file. Key: <see cref="Key"/>.
/// </summary>
[Alias("flowgpt.IPoolDirectory")]
internal interface IPoolDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Enters a pool, for good, and tells the other pools that have had its provider. A pool grants nothing for a new account before that. Idempotent.</summary>
    [Alias("enter")]
    ValueTask<ImmutableArray<string>> Enter(string pool, string provider);
}
