using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>A pool's accounts.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Accounts">Those in force: configured ones first.</param>
/// <param name="Hidden">Added accounts that are not in force, each as <c>name: why</c>.</param>
internal sealed record AccountList(string Pool, ImmutableArray<AccountSnapshot> Accounts, ImmutableArray<string> Hidden);
