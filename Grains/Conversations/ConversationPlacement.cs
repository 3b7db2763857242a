namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Where the call arrives, so that a conversation and its frontend's gateway are one process; elsewhere while that silo drains.
/// </summary>
[Serializable, GenerateSerializer, Immutable, Alias("flowgpt.ConversationPlacement")]
internal sealed class ConversationPlacement : PlacementStrategy;
