namespace FlowGpt.Admin.Contracts.Models;

/// <summary>The models that clients may name.</summary>
/// <param name="Models">Configured models first, then those that were added, then those that providers offer.</param>
/// <param name="Hidden">Ids of added models that are not in force because a configured one has their id.</param>
/// <param name="Found">What the upstream's search found last.</param>
/// <param name="RefreshedAt">When the upstream was last asked with success; null if never.</param>
/// <param name="Problem">Why the last refresh failed; null when it did not.</param>
/// <param name="Discovered">What providers say they have, by pool.</param>
public sealed record ModelList(
    IReadOnlyList<ModelEntry> Models,
    IReadOnlyList<string> Hidden,
    IReadOnlyList<SearchHit> Found,
    DateTimeOffset? RefreshedAt,
    string? Problem,
    IReadOnlyList<PoolOffer> Discovered
);

/// <summary>A model as operators see it.</summary>
/// <param name="Model">The model as clients get it.</param>
/// <param name="Origin">Where the model was defined: <c>Configuration</c>, <c>Api</c> or <c>Discovery</c>.</param>
/// <param name="Presence"><c>Alive</c>, <c>Dead</c> when the providers have none of the targets' models, or <c>Unknown</c>.</param>
public sealed record ModelEntry(ModelDetails Model, string Origin, string Presence);

/// <summary>A model that a provider's search found.</summary>
/// <param name="Pool">The pool that was asked.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Title">The model's title, shortened.</param>
/// <param name="Description">The model's description, shortened.</param>
/// <param name="Uses">How often the model was used, by the provider's count.</param>
public sealed record SearchHit(string Pool, string Model, string Title, string Description, long Uses);

/// <summary>What the provider of one pool says it has.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Models">The provider's models, in its order; those of the last success.</param>
/// <param name="At">When the provider last answered; null if never.</param>
/// <param name="Problem">Why the last attempt failed; null when it did not.</param>
public sealed record PoolOffer(string Pool, IReadOnlyList<OfferedModel> Models, DateTimeOffset? At, string? Problem);

/// <summary>A model that a provider says it has.</summary>
/// <param name="Id">The provider's name of the model.</param>
/// <param name="ContextWindow">Most tokens of context and reply; null when the provider does not say.</param>
/// <param name="OwnedBy">Who the provider says owns the model; null when the provider does not say.</param>
public sealed record OfferedModel(string Id, int? ContextWindow, string? OwnedBy);

/// <summary>The answer to a removal.</summary>
/// <param name="Model">The model that was removed.</param>
/// <param name="Removed">Always true; a model that does not exist is a 404.</param>
public sealed record ModelRemoved(string Model, bool Removed);
