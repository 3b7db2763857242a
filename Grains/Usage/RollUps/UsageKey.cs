namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>What a day's roll-up counts separately.</summary>
/// <param name="ClientKeyId">The client key.</param>
/// <param name="Model">The model alias.</param>
/// <param name="Account">The account; empty when none served.</param>
internal readonly record struct UsageKey(string ClientKeyId, string Model, string Account);
