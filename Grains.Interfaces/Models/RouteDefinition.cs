using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A route as an operator gives it; null takes the default.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.RouteDefinition")]
public sealed record RouteDefinition
{
    /// <summary>The name clients use.</summary>
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>What serves the route; at least one.</summary>
    [Id(1)]
    public ImmutableArray<Target> Targets { get; init; } = [];

    /// <summary>Shown in <c>/v1/models</c>.</summary>
    [Id(2)]
    public string? Description { get; init; }

    /// <summary>Most tokens of prompt and reply together; null when unknown.</summary>
    [Id(3)]
    public int? ContextWindow { get; init; }

    /// <summary>Whether a bold "…Response:" label at the start of a reply is removed; by default only where a target's kind is known to write such labels.</summary>
    [Id(4)]
    public bool? CleanResponsePrefix { get; init; }

    /// <summary>What the route's tokens cost; null when unknown.</summary>
    [Id(5)]
    public TokenPrice? Price { get; init; }
}
