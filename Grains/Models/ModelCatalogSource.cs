using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>The models in force on this silo, from its configuration. Immutable after start; thread-safe.</summary>
public sealed class ModelCatalogSource
{
    /// <summary>For the <c>created</c> field: aliases have no birthday of their own, and a changing one would confuse caches.</summary>
    private const long Created = 1_735_689_600;

    private readonly FrozenDictionary<string, ModelEntry> _byId;

    public ModelCatalogSource(IOptions<ModelCatalogOptions> options)
    {
        var isDemo = options.Value.IsDemo;
        Catalog = new ModelCatalog([.. options.Value.Effective.Select(model => ToEntry(model, isDemo))], isDemo);
        _byId = Catalog.Models.ToFrozenDictionary(model => model.Id, StringComparer.Ordinal);
    }

    /// <summary>All models.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>A model by the name a client used, compared ordinally; null if there is none.</summary>
    public ModelEntry? Find(string id) => _byId.GetValueOrDefault(id);

    private static ModelEntry ToEntry(ModelOptions model, bool isDemo) =>
        new(
            model.Id,
            model.Upstream,
            model.Pool,
            model.PromptId,
            model.UpstreamModel,
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
}
