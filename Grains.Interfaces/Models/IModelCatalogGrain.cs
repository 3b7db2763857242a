using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>The cluster's list of models. Key: <see cref="Key"/>.</summary>
[Alias("flowgpt.IModelCatalogGrain")]
public interface IModelCatalogGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>The current list. Idempotent; frontends may cache it for some seconds.</summary>
    [Alias("get"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    ValueTask<ModelCatalog> Get();

    /// <summary>The list once every provider with discovery has been asked; waits at most 12 s. Interleaves.</summary>
    [Alias("first"), AlwaysInterleave]
    ValueTask<ModelCatalog> GetOnceAsked();

    /// <summary>The models that were added, for silos to follow. Interleaves.</summary>
    [Alias("added"), AlwaysInterleave]
    ValueTask<AddedModels> GetAdded();

    /// <summary>The catalog for operators. Interleaves.</summary>
    [Alias("status"), AlwaysInterleave]
    ValueTask<ModelCatalogStatus> GetStatus();

    /// <summary>Adds a model or replaces an added model; a configured model is a conflict. Idempotent. Silos that can be reached use it when this returns.</summary>
    [Alias("put")]
    ValueTask<ModelChangeResult> Put(RouteDefinition route);

    /// <summary>Removes an added model; a configured model is a conflict. Turns in flight finish.</summary>
    [Alias("remove")]
    ValueTask<ModelChangeResult> Remove(string id);

    /// <summary>
    /// Asks the providers that have a search which models are still there, and what the search finds for a text. Changes no route: a dead
    /// model is reported, a found one may be added. Takes up to 12 s.
    /// </summary>
    [Alias("refresh")]
    ValueTask<ModelCatalogStatus> Refresh(string query);
}
