namespace FlowGpt.Grains.Cluster;

/// <summary>Whether this silo keeps itself from granting and beginning anything, for code that tells operators and knows nothing else of it. Thread-safe.</summary>
public interface ISiloFence
{
    /// <summary>Whether contact with the cluster is lost.</summary>
    bool IsLost { get; }
}
