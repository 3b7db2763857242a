using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>Gives <see cref="ModelCatalogSource"/> an address for frontends.</summary>
[GrainType("model-catalog")]
internal sealed class ModelCatalogGrain(ModelCatalogSource source) : Grain, IModelCatalogGrain
{
    public ValueTask<ModelCatalog> Get() => new(source.Catalog);
}
