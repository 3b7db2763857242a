using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>The usage of a stretch of time.</summary>
/// <param name="Start">Its first hour.</param>
/// <param name="End">The first hour after it.</param>
/// <param name="Rows">Its groups; empty without usage.</param>
internal sealed record UsageBucket(DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<UsageRow> Rows);
