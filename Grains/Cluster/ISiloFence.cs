namespace FlowGpt.Grains.Cluster;

/// <summary>Whether this silo keeps itself from granting and beginning anything, for code that reports to operators. Thread-safe.</summary>
public interface ISiloFence
{
    /// <summary>Whether contact with the cluster is lost.</summary>
    bool IsLost { get; }
}
