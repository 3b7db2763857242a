using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Audit;

/// <summary>One part of a day's log.</summary>
/// <param name="Entries">Its entries, oldest first.</param>
/// <param name="IsFull">Whether the next part may have further entries of the day.</param>
/// <param name="Retention">How long entries are kept.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AuditPart")]
public sealed record AuditPart(
    [property: Id(0)] ImmutableArray<AuditEntry> Entries,
    [property: Id(1)] bool IsFull,
    [property: Id(2)] TimeSpan Retention
);
