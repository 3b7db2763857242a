namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>The result of draining a silo.</summary>
[GenerateSerializer]
public enum DrainResult
{
    /// <summary>It drains, or no longer does, as was asked.</summary>
    Done = 0,

    /// <summary>No active silo has that id or name.</summary>
    NotFound = 1,

    /// <summary>No other silo takes turns; stop the process instead.</summary>
    LastOne = 2,
}
