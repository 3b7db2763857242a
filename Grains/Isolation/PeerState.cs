namespace FlowGpt.Grains.Isolation;

/// <summary>What a question to another silo showed.</summary>
internal enum PeerState
{
    /// <summary>Nothing: no answer came in time.</summary>
    Silent = 0,

    /// <summary>It answered that the asking silo is a living member.</summary>
    TakesForAlive = 1,

    /// <summary>It answered that the asking silo was declared dead.</summary>
    TakesForDead = 2,

    /// <summary>Its address refuses connections: the process has ended.</summary>
    Gone = 3,
}
