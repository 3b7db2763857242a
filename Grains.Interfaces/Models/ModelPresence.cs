namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>What a provider said of a model when it was last asked.</summary>
[GenerateSerializer]
public enum ModelPresence
{
    /// <summary>It was never asked, or did not say.</summary>
    Unknown = 0,

    /// <summary>It has the model.</summary>
    Alive = 1,

    /// <summary>It does not have the model (any more): targets with the model cannot be served.</summary>
    Dead = 2,
}
