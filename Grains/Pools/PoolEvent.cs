namespace FlowGpt.Grains.Pools;

/// <summary>An event that operators are told of.</summary>
/// <param name="Kind">What.</param>
/// <param name="Account">Which account, if any.</param>
/// <param name="Until">Until when, if it ends by itself.</param>
internal readonly record struct PoolEvent(PoolEventKind Kind, string? Account, DateTimeOffset? Until);
