namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>A turn in the service's form.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
internal readonly record struct FlowGptTurn(string Role, string Content);
