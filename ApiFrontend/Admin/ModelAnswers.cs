using FlowGpt.Admin.Contracts.Models;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Models as the admin contract has them.</summary>
internal static class ModelAnswers
{
    /// <summary>The catalog.</summary>
    public static ModelList Of(ModelCatalogStatus catalog) =>
        new(
            [.. catalog.Models.Select(Of)],
            catalog.Hidden,
            [.. catalog.Found.Select(static one => new SearchHit(one.Pool, one.Model, one.Title, one.Description, one.Uses))],
            catalog.RefreshedAt,
            catalog.Problem,
            [.. catalog.Discovered.Select(Of)]
        );

    /// <summary>One model.</summary>
    public static ModelEntry Of(ModelStatus model) => new(Of(model.Model), model.Origin.ToString(), model.Presence.ToString());

    private static ModelDetails Of(Route route) =>
        new(
            route.Id,
            [.. route.Targets.Select(static one => new ModelTarget(one.Pool, one.Model, one.Order, one.Weight, one.Options))],
            route.Description,
            route.ContextWindow,
            route.CleanResponsePrefix,
            route.Created,
            route.OwnedBy,
            route.Price is { } price ? new(price.Input, price.Output, price.CachedInput) : null
        );

    private static PoolOffer Of(PoolModels pool) =>
        new(
            pool.Pool,
            [.. pool.Models.Select(static one => new OfferedModel(one.Id, one.ContextWindow, one.OwnedBy))],
            pool.At,
            pool.Problem
        );
}
