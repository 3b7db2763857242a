using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Cluster;

/// <summary>Takes over the models that were added through the API, on each silo. Thread-safe.</summary>
internal interface IAddedModelsReceiver
{
    /// <summary>Takes over the added models, unless newer models are known.</summary>
    void Use(AddedModels added);
}
