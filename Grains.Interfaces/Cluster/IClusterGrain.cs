using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>The silos, for operators. Key: <see cref="Key"/>. Keeps nothing; any number may run.</summary>
[Alias("flowgpt.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>All silos that live or have died recently, by name. Takes up to 3 s when one does not answer.</summary>
    [Alias("silos")]
    ValueTask<ImmutableArray<SiloOverview>> GetSilos();

    /// <summary>
    /// Has a silo take no new turns, or take them again; those in flight finish. Idempotent. It lasts until it is taken back or the silo's process ends.
    /// </summary>
    /// <param name="silo">Its id or name.</param>
    /// <param name="on">Whether it shall drain.</param>
    [Alias("drain")]
    ValueTask<DrainResult> Drain(string silo, bool on);

    /// <summary>The settings of every silo that is there, by name. Takes up to 3 s when one does not answer.</summary>
    [Alias("settings")]
    ValueTask<ImmutableArray<SiloConfiguration>> GetSettings();
}
