using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>The routes that were added through the API, as silos follow them.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Routes">The routes; ids are unique.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AddedModels")]
public sealed record AddedModels([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<RouteDefinition> Routes);
