using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>Everything a frontend needs to answer <c>/v1/models</c> and to refuse an unknown model before any work.</summary>
/// <param name="Models">The aliases in configured order; ids are unique, compared ordinally.</param>
/// <param name="IsDemo">Whether the built-in simulator answers instead of a real upstream.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelCatalog")]
public sealed record ModelCatalog([property: Id(0)] ImmutableArray<Route> Models, [property: Id(1)] bool IsDemo);
