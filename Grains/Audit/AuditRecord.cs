using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.Grains.Audit;

/// <summary>What is stored of one part of a day's log.</summary>
[GenerateSerializer, Alias("flowgpt.AuditRecord")]
public sealed record AuditRecord
{
    /// <summary>Oldest first.</summary>
    [Id(0)]
    public ImmutableArray<AuditEntry> Entries { get; init; } = [];

    /// <summary>When the clock first said that the part is over its time; null before.</summary>
    [Id(1)]
    public DateTimeOffset? OverSince { get; init; }
}
