namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// Hosts turns that are not stored, many at once: each runs by itself, and calls for different turns interleave. A frontend keeps some hosts and spreads its
/// turns over them, so that a request costs neither an activation nor an entry in the grain directory. A turn with an idempotency key has a host of its
/// own, which every repetition of the request finds. Keys: <see cref="ConversationKey.Host"/> and <see cref="ConversationKey.Idempotent"/>.
/// </summary>
/// <remarks>
/// An end that was read is kept for a re-read only while few others end on the same host; one that nobody reads is forgotten after a minute.
/// </remarks>
[Alias("flowgpt.ITurnHostGrain")]
public interface ITurnHostGrain : IConversationGrain;
