using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>
/// The models in force on this silo: the configured ones always, and those that were added, as this silo last heard of them. Thread-safe.
/// </summary>
public sealed class ModelCatalogSource
{
    /// <summary>For the <c>created</c> field: aliases have no birthday of their own, and a changing one would confuse caches.</summary>
    private const long Created = 1_735_689_600;

    private readonly ModelCatalog _configured;
    private readonly Lock _lock = new();
    private volatile Models _models;

    public ModelCatalogSource(IOptions<ModelCatalogOptions> options)
    {
        var isDemo = options.Value.IsDemo;
        _configured = new ModelCatalog([.. options.Value.Effective.Select(model => ToEntry(model, isDemo))], isDemo);
        _models = new(0, _configured);
    }

    /// <summary>All models: configured ones first.</summary>
    public ModelCatalog Catalog => _models.Catalog;

    /// <summary>Whether a model stands in the configuration.</summary>
    internal bool IsConfigured(string id) => _configured.Models.Any(model => model.Id == id);

    /// <summary>A model by the name a client used, compared ordinally; null if there is none.</summary>
    public Route? Find(string id) => _models.ById.GetValueOrDefault(id);

    /// <summary>Takes over the added models, unless newer ones are known. A configured model keeps its id.</summary>
    internal void Use(AddedModels added)
    {
        lock (_lock)
        {
            if (added.Version > _models.Version)
            {
                var entries = added
                    .Aliases.Where(alias => !IsConfigured(alias.Id))
                    .Select(alias => ToEntry(ModelAliases.ToOptions(alias), _configured.IsDemo));
                _models = new(added.Version, _configured with { Models = [.. _configured.Models, .. entries] });
            }
        }
    }

    private static Route ToEntry(ModelOptions model, bool isDemo) =>
        new(
            model.Id,
            [new Target(model.Pool, model.PromptId, 0, 1, ImmutableDictionary<string, string>.Empty.Add("upstreamModel", model.UpstreamModel))],
            Describe(model, isDemo),
            model.ContextWindow,
            model.CleanResponsePrefix,
            Created,
            isDemo ? "simulator" : model.Upstream
        );

    private static string Describe(ModelOptions model, bool isDemo) =>
        isDemo ? "Demo: answered by the built-in simulator, because no upstream account is configured."
        : string.IsNullOrWhiteSpace(model.Description)
            ? $"A bot persona on {model.Upstream}, answered by {model.UpstreamModel}; not the vendor's model of a similar name."
        : model.Description;

    private sealed class Models(long version, ModelCatalog catalog)
    {
        public long Version => version;

        public ModelCatalog Catalog => catalog;

        public FrozenDictionary<string, Route> ById { get; } =
            catalog.Models.ToFrozenDictionary(static model => model.Id, StringComparer.Ordinal);
    }
}
