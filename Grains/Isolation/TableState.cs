namespace FlowGpt.Grains.Isolation;

/// <summary>This silo's entry in the table of silos.</summary>
public enum TableState
{
    /// <summary>It is not in it, or what stands there cannot be read.</summary>
    Unknown = 0,

    /// <summary>It is a member.</summary>
    Alive = 1,

    /// <summary>It was declared dead: others may have taken over what it did.</summary>
    Dead = 2,
}
