using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>The catalog for operators.</summary>
/// <param name="Models">Configured models first, then those that were added, then those that providers offer.</param>
/// <param name="Hidden">Ids of added models that are not in force because a configured model has their id.</param>
/// <param name="Found">What the upstream's search found last.</param>
/// <param name="RefreshedAt">When the upstream was last asked with success; null if never.</param>
/// <param name="Problem">Why the last refresh failed; null when it did not.</param>
/// <param name="Discovered">What providers say they have, by pool.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelCatalogStatus")]
public sealed record ModelCatalogStatus(
    [property: Id(0)] ImmutableArray<ModelStatus> Models,
    [property: Id(1)] ImmutableArray<string> Hidden,
    [property: Id(2)] ImmutableArray<FoundModel> Found,
    [property: Id(3)] DateTimeOffset? RefreshedAt,
    [property: Id(4)] string? Problem,
    [property: Id(5)] ImmutableArray<PoolModels> Discovered
);
