namespace FlowGpt.Grains.Isolation;

/// <summary>What the table of silos says of this one.</summary>
public enum TableState
{
    /// <summary>It is not in it, or what stands there cannot be read.</summary>
    Unknown = 0,

    /// <summary>It is a member.</summary>
    Alive = 1,

    /// <summary>It was declared dead: others may have taken over what it did.</summary>
    Dead = 2,
}
