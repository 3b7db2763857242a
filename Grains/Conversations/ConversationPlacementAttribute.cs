using Orleans.Placement;

namespace FlowGpt.Grains.Conversations;

/// <summary>Places a grain by <see cref="ConversationPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ConversationPlacementAttribute() : PlacementAttribute(new ConversationPlacement());
