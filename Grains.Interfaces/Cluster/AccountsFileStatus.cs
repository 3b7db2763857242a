using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>What is wrong with a silo's accounts file.</summary>
/// <param name="Refused">Why the file as it is now is not in force; null when it is.</param>
/// <param name="LeftOut">Accounts of the file in force that are left out; the first 20 of them.</param>
/// <param name="LeftOutCount">How many there are.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountsFileStatus")]
public sealed record AccountsFileStatus(
    [property: Id(0)] string? Refused,
    [property: Id(1)] ImmutableArray<LeftOutAccount> LeftOut,
    [property: Id(2)] int LeftOutCount
);

/// <summary>An account of the file that is not in force.</summary>
/// <param name="Pool">Its pool.</param>
/// <param name="Name">Its name; where it stands when it has none.</param>
/// <param name="Problem">What is wrong, naming the field and the line; never a secret.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.LeftOutAccount")]
public sealed record LeftOutAccount([property: Id(0)] string Pool, [property: Id(1)] string Name, [property: Id(2)] string Problem);
