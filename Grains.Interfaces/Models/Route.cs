using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A model name that clients use, and what serves it.</summary>
/// <param name="Id">The name in <c>/v1/models</c> and in requests.</param>
/// <param name="Targets">What serves the route, in the order in which targets are tried; at least one.</param>
/// <param name="Description">Shown in <c>/v1/models</c>: says what really answers.</param>
/// <param name="ContextWindow">Most tokens of context and reply together; a longer prompt is refused with <c>context_length_exceeded</c>. Null when unknown.</param>
/// <param name="CleanResponsePrefix">Whether a bold "…Response:" label at the start of a reply is removed.</param>
/// <param name="Created">Unix seconds for the <c>created</c> field.</param>
/// <param name="OwnedBy">For the <c>owned_by</c> field.</param>
/// <param name="Price">What its tokens cost; null when unknown.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Route")]
public sealed record Route(
    [property: Id(0)] string Id,
    [property: Id(1)] ImmutableArray<Target> Targets,
    [property: Id(2)] string Description,
    [property: Id(3)] int? ContextWindow,
    [property: Id(4)] bool CleanResponsePrefix,
    [property: Id(5)] long Created,
    [property: Id(6)] string OwnedBy,
    [property: Id(7)] TokenPrice? Price = null
);

/// <summary>A pool and an upstream model.</summary>
/// <param name="Pool">The pool that serves with its accounts.</param>
/// <param name="Model">The provider's name of the model; at FlowGPT the id of the published prompt.</param>
/// <param name="Order">Targets of a lower order are tried first.</param>
/// <param name="Weight">Share among targets of equal order, at least 1.</param>
/// <param name="Options">What only the pool's provider kind knows of the target, by name; empty for most.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Target")]
[method: JsonConstructor]
public sealed record Target(
    [property: Id(0)] string Pool,
    [property: Id(1)] string Model,
    [property: Id(2)] int Order,
    [property: Id(3)] int Weight,
    [property: Id(4)] ImmutableDictionary<string, string> Options
)
{
    /// <summary>A target without options, of the first order.</summary>
    public Target(string pool, string model)
        : this(pool, model, 0, 1, ImmutableDictionary<string, string>.Empty) { }

    /// <summary>Pool and model, for logs and metrics.</summary>
    public override string ToString() => $"{Pool}/{Model}";
}
