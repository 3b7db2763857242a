namespace FlowGpt.Admin.Contracts.Pools;

/// <summary>A pool's latest decisions.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Decisions">Newest first.</param>
public sealed record DecisionList(string Pool, IReadOnlyList<Decision> Decisions);

/// <summary>Which account a request got, and why.</summary>
/// <param name="At">When, by the pool's clock.</param>
/// <param name="RequestId">The response that the account was chosen for.</param>
/// <param name="Model">The model that the client asked for.</param>
/// <param name="Chosen">The account; null when none was granted.</param>
/// <param name="Why">Why this account, or why none: a short phrase such as <c>affinity</c> or <c>least-loaded</c>.</param>
/// <param name="Skipped">Accounts that could not serve, each as <c>name: reason</c>.</param>
public sealed record Decision(DateTimeOffset At, string RequestId, string Model, string? Chosen, string Why, IReadOnlyList<string> Skipped);
