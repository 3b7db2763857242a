namespace FlowGpt.Simulator.Accounts;

/// <summary>One limit's state, as rate limit headers tell it.</summary>
/// <param name="Limit">What one window may use.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Time until all of it is left again, if nothing is added.</param>
internal readonly record struct RateFigures(long Limit, long Remaining, TimeSpan Reset);
