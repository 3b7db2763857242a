namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>The cluster's one list of models. Key: <see cref="Key"/>.</summary>
[Alias("flowgpt.IModelCatalogGrain")]
public interface IModelCatalogGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>The list as it stands. Idempotent; frontends may cache it for some seconds.</summary>
    [Alias("get")]
    ValueTask<ModelCatalog> Get();
}
