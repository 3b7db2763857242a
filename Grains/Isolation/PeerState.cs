namespace FlowGpt.Grains.Isolation;

/// <summary>What a question to another silo showed.</summary>
internal enum PeerState
{
    /// <summary>Nothing: no answer came in time.</summary>
    Silent = 0,

    /// <summary>It answered, and takes the one that asked for a living member.</summary>
    TakesForAlive = 1,

    /// <summary>It answered, and knows that the one that asked was declared dead.</summary>
    TakesForDead = 2,

    /// <summary>Its address refuses connections: the process has ended.</summary>
    Gone = 3,
}
