namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>A silo for operators.</summary>
/// <param name="Id">Its address and generation: names it in requests.</param>
/// <param name="Name">Its name, e.g. the machine's or the pod's.</param>
/// <param name="Status">Its membership: <c>Active</c>, <c>Joining</c>, <c>ShuttingDown</c>, <c>Dead</c> and so on.</param>
/// <param name="StartedAt">When it joined.</param>
/// <param name="Report">What it says of itself; null when it did not answer in time.</param>
/// <param name="Activations">Grains in its memory; null when it did not answer in time.</param>
/// <param name="CpuPercent">Its process's share of the machine's processors, 0 to 100; null likewise.</param>
/// <param name="MemoryBytes">What its process uses; null likewise.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.SiloOverview")]
public sealed record SiloOverview(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Status,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] SiloReport? Report,
    [property: Id(5)] int? Activations,
    [property: Id(6)] double? CpuPercent,
    [property: Id(7)] long? MemoryBytes
);
