using System.Collections.Immutable;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>A grain state with the kinds of member that the product's states have.</summary>
[GenerateSerializer, Alias("flowgpt.tests.StoredRecord")]
public sealed record StoredRecord
{
    [Id(0)]
    public string Text { get; init; } = "";

    [Id(1)]
    public ImmutableArray<Part> Parts { get; init; } = [];

    [Id(2)]
    public UInt128 Number { get; init; }

    [Id(3)]
    public DateTimeOffset At { get; init; }

    [Id(4)]
    public TimeSpan? Length { get; init; }

    [Id(5)]
    public byte[] Bytes { get; init; } = [];

    [Id(6)]
    public ImmutableDictionary<string, long> Counts { get; init; } = ImmutableDictionary<string, long>.Empty;

    [GenerateSerializer, Alias("flowgpt.tests.StoredRecord.Part")]
    public readonly record struct Part([property: Id(0)] Guid Id, [property: Id(1)] DayOfWeek Kind, [property: Id(2)] string? Note);
}
