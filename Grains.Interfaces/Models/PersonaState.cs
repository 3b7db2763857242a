namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>What the upstream said of a persona when it was last asked.</summary>
[GenerateSerializer]
public enum PersonaState
{
    /// <summary>It was never asked, or did not say.</summary>
    Unknown = 0,

    /// <summary>It knows the persona.</summary>
    Alive = 1,

    /// <summary>It does not know the persona (any more): its models cannot be served.</summary>
    Dead = 2,
}
