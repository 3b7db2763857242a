using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.Grains.Cluster;

/// <summary>The settings of this silo. The composition root registers the implementation; without any, the silo reports nothing. Thread-safe.</summary>
public interface ISiloSettingsSource
{
    /// <summary>The settings in force; never the value of a secret.</summary>
    SiloSettings Read();
}
