namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The current state of one limit of an account.</summary>
/// <param name="Name">The limit's name in the accounts file, e.g. <c>requestsPerMinute</c>.</param>
/// <param name="Limit">The most allowed.</param>
/// <param name="Used">What counts against it now, reservations included.</param>
/// <param name="FreesIn">Until some of it frees; zero when some is free.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.WindowSnapshot")]
public sealed record WindowSnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] long Limit,
    [property: Id(2)] long Used,
    [property: Id(3)] TimeSpan FreesIn
);
