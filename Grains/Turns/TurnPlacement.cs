namespace FlowGpt.Grains.Turns;

/// <summary>
/// Where the call arrives, so that a conversation and its frontend's gateway are one process; elsewhere while that silo drains.
/// </summary>
internal sealed class TurnPlacement : PlacementStrategy;
