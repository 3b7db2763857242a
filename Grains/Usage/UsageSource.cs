namespace FlowGpt.Grains.Usage;

/// <summary>What a ledger counts separately.</summary>
/// <param name="Model">The model alias.</param>
/// <param name="Account">The account that served; empty when none did.</param>
internal readonly record struct UsageSource(string Model, string Account);
