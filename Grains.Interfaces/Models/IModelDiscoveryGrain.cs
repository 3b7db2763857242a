using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>
/// Asks the providers of pools with discovery which models they have: at its start, when a pool is new, and then periodically. Keeps the last
/// answers. Key: <see cref="Key"/>.
/// </summary>
[Alias("flowgpt.IModelDiscoveryGrain")]
public interface IModelDiscoveryGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>What is known. Returns at once. Interleaves.</summary>
    [Alias("get"), AlwaysInterleave]
    ValueTask<DiscoveredModels> Get();

    /// <summary>What is known once every pool that was never asked has been asked; waits at most 12 s. Interleaves.</summary>
    [Alias("first"), AlwaysInterleave]
    ValueTask<DiscoveredModels> GetOnceAsked();
}
