namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>What a chat body holds besides the context.</summary>
/// <param name="Model">The upstream's model name.</param>
/// <param name="PromptId">The bot persona.</param>
/// <param name="UserId">The account's id; empty when the token does not have it.</param>
/// <param name="Temperature">Sampling temperature.</param>
internal readonly record struct FlowGptChatFields(string Model, string PromptId, string UserId, double Temperature);
