using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Models;

/// <summary>A model name that clients use, and what serves it.</summary>
/// <param name="Id">The name in <c>/v1/models</c> and in requests.</param>
/// <param name="Targets">What serves the model, in the order in which targets are tried.</param>
/// <param name="Description">Shown in <c>/v1/models</c>: says what really answers.</param>
/// <param name="ContextWindow">Most tokens of context and reply together. Null when unknown.</param>
/// <param name="CleanResponsePrefix">Whether a bold "…Response:" label at the start of a reply is removed.</param>
/// <param name="Created">Unix seconds for the <c>created</c> field.</param>
/// <param name="OwnedBy">For the <c>owned_by</c> field.</param>
/// <param name="Price">What tokens cost; null when unknown.</param>
public sealed record ModelDetails(
    string Id,
    IReadOnlyList<ModelTarget> Targets,
    string Description,
    int? ContextWindow,
    bool CleanResponsePrefix,
    long Created,
    string OwnedBy,
    ModelPrice? Price
);

/// <summary>A pool and an upstream model.</summary>
/// <param name="Pool">The pool whose accounts are used.</param>
/// <param name="Model">The provider's name of the model; at FlowGPT the id of the published prompt.</param>
/// <param name="Order">Targets of a lower order are tried first.</param>
/// <param name="Weight">Share among targets of equal order, at least 1.</param>
/// <param name="Options">Options that only the pool's provider kind has, by name; empty for most.</param>
[method: JsonConstructor]
public sealed record ModelTarget(string Pool, string Model, int Order, int Weight, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>A target of the first order without options.</summary>
    public ModelTarget(string pool, string model)
        : this(pool, model, 0, 1, new Dictionary<string, string>()) { }
}

/// <summary>What a million tokens cost, each 0 or more, in the currency that the operator counts in.</summary>
/// <param name="Input">Prompt tokens.</param>
/// <param name="Output">Tokens of the reply, reasoning included.</param>
/// <param name="CachedInput">Prompt tokens that the provider took from its cache; null when they cost as much as others.</param>
public sealed record ModelPrice(decimal Input, decimal Output, decimal? CachedInput = null);

/// <summary>A model to add or to replace; null takes the default.</summary>
public sealed record ModelSettings
{
    /// <summary>What serves the model; at least one.</summary>
    public IReadOnlyList<ModelTarget> Targets { get; init; } = [];

    /// <summary>Shown in <c>/v1/models</c>.</summary>
    public string? Description { get; init; }

    /// <summary>Most tokens of prompt and reply together; null when unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Whether a bold "…Response:" label at the start of a reply is removed.</summary>
    public bool? CleanResponsePrefix { get; init; }

    /// <summary>What tokens cost; null when unknown.</summary>
    public ModelPrice? Price { get; init; }
}
