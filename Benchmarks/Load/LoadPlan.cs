namespace FlowGpt.Benchmarks.Load;

/// <summary>How hard to push: a closed loop, in which each of so many users asks again as soon as it has its reply.</summary>
/// <param name="Concurrency">Users at once.</param>
/// <param name="Requests">Requests in all.</param>
/// <param name="Duration">When given, go on for this long instead of for so many requests.</param>
internal sealed record LoadPlan(int Concurrency, int Requests, TimeSpan? Duration = null);
