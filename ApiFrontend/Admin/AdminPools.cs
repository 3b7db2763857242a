using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Which pools there are: those that models of the catalog are paid from, and those that have accounts.</summary>
internal sealed class AdminPools(ModelCatalogCache models, IGrainFactory grains)
{
    /// <summary>All of them in ordinal order; null while the cluster cannot be reached.</summary>
    public async Task<ImmutableArray<string>?> ListAsync(CancellationToken cancellationToken)
    {
        if (await models.GetAsync(cancellationToken) is not { } catalog)
        {
            return null;
        }

        var known = await grains.GetGrain<IAccountRegistryGrain>(IAccountRegistryGrain.Key).GetPools();
        return [.. catalog.Pools.Concat(known).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Null when the pool exists, else the error to answer with.</summary>
    public async Task<ApiError?> CheckAsync(string pool, CancellationToken cancellationToken)
    {
        // Most often a model names the pool: then no grain need be asked.
        if (await models.GetAsync(cancellationToken) is { } catalog && catalog.Pools.Contains(pool))
        {
            return null;
        }

        return await ListAsync(cancellationToken) is not { } pools ? GatewayErrors.Interrupted
            : pools.Contains(pool) ? null
            : GatewayErrors.NotFound($"There is no pool '{RequestErrors.Shorten(pool)}'. Pools: {string.Join(", ", pools)}.");
    }

    /// <summary>The ids of the models that are paid from a pool.</summary>
    public async Task<ImmutableArray<string>> ModelsOfAsync(string pool, CancellationToken cancellationToken) =>
        await models.GetAsync(cancellationToken) is { } catalog
            ?
            [
                .. catalog
                    .Models.Where(model => model.Entry.Targets.Any(target => target.Pool == pool))
                    .Select(static model => model.Entry.Id),
            ]
            : [];
}
