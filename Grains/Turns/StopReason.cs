namespace FlowGpt.Grains.Turns;

/// <summary>Who stopped a turn.</summary>
internal enum StopReason
{
    /// <summary>Its time ran out.</summary>
    Deadline = 0,

    /// <summary>The client went away or asked for it.</summary>
    Caller = 1,

    /// <summary>It was not read: its frontend died.</summary>
    Abandoned = 2,

    /// <summary>The pool gave its lease up.</summary>
    LeaseLost = 3,

    /// <summary>This silo stops.</summary>
    Shutdown = 4,

    /// <summary>This silo has lost contact with its cluster, which may have given its places to others.</summary>
    Isolated = 5,
}
