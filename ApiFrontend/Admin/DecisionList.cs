using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>A pool's latest decisions, newest first.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Decisions">Which account was chosen, what was skipped, and why.</param>
internal sealed record DecisionList(string Pool, ImmutableArray<PoolDecision> Decisions);
