namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>What a silo says of itself.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="TurnsInFlight">Responses that it is generating.</param>
/// <param name="IsDraining">Whether the silo takes no new turns.</param>
/// <param name="IsCutOff">Whether it has lost contact with its cluster and begins nothing; null where nothing watches that, and from earlier versions.</param>
/// <param name="AccountsFile">What is wrong with its accounts file; null when nothing is, and from earlier versions.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.SiloReport")]
public sealed record SiloReport(
    [property: Id(0)] string Version,
    [property: Id(1)] int TurnsInFlight,
    [property: Id(2)] bool IsDraining,
    [property: Id(3)] bool? IsCutOff = null,
    [property: Id(4)] AccountsFileStatus? AccountsFile = null
);
