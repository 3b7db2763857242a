using FlowGpt.Admin.Contracts.Keys;

namespace FlowGpt.Admin.Contracts.Members;

/// <summary>What a person may give their own keys.</summary>
/// <param name="MaxKeys">Most keys at a time.</param>
/// <param name="AllowedModels">The only models; null for all.</param>
/// <param name="Limits">The most that each key may use; null where that is not limited.</param>
/// <param name="MaxKeyDays">The longest time until a key expires, in days; null for keys without an end.</param>
public sealed record MemberTerms(int MaxKeys, IReadOnlyList<string>? AllowedModels, KeyLimits Limits, double? MaxKeyDays);
