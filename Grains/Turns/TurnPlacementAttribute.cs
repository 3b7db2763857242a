using Orleans.Placement;

namespace FlowGpt.Grains.Turns;

/// <summary>Places a grain by <see cref="TurnPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TurnPlacementAttribute() : PlacementAttribute(new TurnPlacement());
