using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>What is stored of the catalog: what configuration does not say.</summary>
[GenerateSerializer, Alias("flowgpt.ModelCatalogRecord")]
public sealed record ModelCatalogRecord
{
    /// <summary>Grows with each change of <see cref="Routes"/>.</summary>
    [Id(0)]
    public long Version { get; init; }

    /// <summary>The added routes, in the order of their adding.</summary>
    [Id(1)]
    public ImmutableArray<RouteDefinition> Routes { get; init; } = [];

    /// <summary>Models, as <c>pool/model</c>, that their providers did not have when they were last asked.</summary>
    [Id(2)]
    public ImmutableArray<string> Dead { get; init; } = [];

    /// <summary>Models, as <c>pool/model</c>, that they had.</summary>
    [Id(3)]
    public ImmutableArray<string> Alive { get; init; } = [];

    /// <summary>What their search found.</summary>
    [Id(4)]
    public ImmutableArray<FoundModel> Found { get; init; } = [];

    /// <summary>When they were asked.</summary>
    [Id(5)]
    public DateTimeOffset? RefreshedAt { get; init; }
}
