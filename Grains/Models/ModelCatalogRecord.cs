using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>What is stored of the catalog: what configuration does not say.</summary>
[GenerateSerializer, Alias("flowgpt.ModelCatalogRecord")]
public sealed record ModelCatalogRecord
{
    /// <summary>Grows with each change of <see cref="Aliases"/>.</summary>
    [Id(0)]
    public long Version { get; init; }

    /// <summary>The added models, in the order of their adding.</summary>
    [Id(1)]
    public ImmutableArray<ModelAlias> Aliases { get; init; } = [];

    /// <summary>Personas that the upstream did not know when it was last asked.</summary>
    [Id(2)]
    public ImmutableArray<string> Dead { get; init; } = [];

    /// <summary>Personas that it knew.</summary>
    [Id(3)]
    public ImmutableArray<string> Alive { get; init; } = [];

    /// <summary>What its search found.</summary>
    [Id(4)]
    public ImmutableArray<Persona> Found { get; init; } = [];

    /// <summary>When it was asked.</summary>
    [Id(5)]
    public DateTimeOffset? RefreshedAt { get; init; }
}
