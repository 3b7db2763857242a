using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Keeps the added routes, sends them to silos, and asks providers with a search about models. Reading never waits for a provider.</summary>
[GrainType("model-catalog")]
internal sealed partial class ModelCatalogGrain(
    [PersistentState("models", "Default")] IPersistentState<ModelCatalogRecord> state,
    ModelCatalogSource source,
    SiloBroadcast silos,
    IAccountSource accounts,
    IPoolSource pools,
    ProviderKinds kinds,
    RecordCap cap,
    IOptions<ModelCatalogOptions> options,
    TimeProvider time,
    ILogger<ModelCatalogGrain> logger
) : Grain, IModelCatalogGrain
{
    private const int MostAdded = 2000;
    private const int LongestQuery = 200;

    private static readonly TimeSpan RefreshWithin = TimeSpan.FromSeconds(12);

    private string? _problem;

    public ValueTask<ModelCatalog> Get() => new(source.Catalog);

    public async ValueTask<ModelCatalog> GetOnceAsked()
    {
        source.Use(await GrainFactory.GetGrain<IModelDiscoveryGrain>(IModelDiscoveryGrain.Key).GetOnceAsked());
        return source.Catalog;
    }

    public ValueTask<AddedModels> GetAdded() => new(Added());

    public ValueTask<ModelCatalogStatus> GetStatus() => new(Status());

    public async ValueTask<ModelChangeResult> Put(RouteDefinition route)
    {
        if (source.IsConfigured(route.Id))
        {
            return OfConfiguration(route.Id);
        }

        if (await Check(route) is { Length: > 0 } problems)
        {
            return new ModelChangeResult.Invalid(problems);
        }

        var routes = state.State.Routes;
        var before = routes.FirstOrDefault(one => one.Id == route.Id);
        if (before is null && routes.Length >= MostAdded)
        {
            return new ModelChangeResult.Conflict($"There are {MostAdded} added models already; remove one first.");
        }

        var after = before is null ? routes.Add(route) : routes.Replace(before, route);
        if (!cap.Fits(state.State with { Routes = after }))
        {
            return new ModelChangeResult.Conflict(
                "The added models fill their record of 1 MiB; remove some, or define models in the accounts file."
            );
        }

        await Change(after);
        LogPut(route.Id);
        return new ModelChangeResult.Done(Status().Models.First(one => one.Model.Id == route.Id), before is null);
    }

    public async ValueTask<ModelChangeResult> Remove(string id)
    {
        if (state.State.Routes.FirstOrDefault(one => one.Id == id) is { } route)
        {
            await Change(state.State.Routes.Remove(route));
            LogRemoved(id);
            return new ModelChangeResult.Done(null, IsNew: false);
        }

        return source.IsConfigured(id) ? OfConfiguration(id) : new ModelChangeResult.NotFound();
    }

    public async ValueTask<ModelCatalogStatus> Refresh(string query)
    {
        var searches = ModelSearches.Of(source.Catalog.Models, accounts, kinds);
        if (searches.IsEmpty)
        {
            _problem = "no pool of a provider with a search is in use";
            return Status();
        }

        using var deadline = new CancellationTokenSource(RefreshWithin, time);
        try
        {
            var shortened = query.Length > LongestQuery ? query[..LongestQuery] : query;
            var found = await searches.SearchAsync(shortened, deadline.Token);
            var presences = await searches.LookAsync(deadline.Token);
            await Write(
                Fitting(
                    state.State with
                    {
                        Found = found,
                        Alive = [.. presences.Where(static one => one.Presence == ModelPresence.Alive).Select(static one => one.Target)],
                        Dead = [.. presences.Where(static one => one.Presence == ModelPresence.Dead).Select(static one => one.Target)],
                        RefreshedAt = time.GetUtcNow(),
                    }
                )
            );
            _problem = null;
            TellOfDead();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _problem = exception is OperationCanceledException ? "the upstream did not answer in time" : exception.Message;
            LogRefreshFailed(exception);
        }

        return Status();
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        source.Use(Added());
        if (options.Value.RefreshInterval is { } interval)
        {
            this.RegisterGrainTimer(
                static (grain, _) => grain.Refresh("").AsTask(),
                this,
                new()
                {
                    DueTime = interval,
                    Period = interval,
                    KeepAlive = true,
                }
            );
        }

        return Task.CompletedTask;
    }

    /// <summary>What providers said, cut until the record may be written: the added routes stay.</summary>
    private ModelCatalogRecord Fitting(ModelCatalogRecord record)
    {
        while (!cap.Fits(record) && record is not { Found: [], Alive: [], Dead: [] })
        {
            record = record with { Found = Half(record.Found), Alive = Half(record.Alive), Dead = Half(record.Dead) };
        }

        return record;

        static ImmutableArray<T> Half<T>(ImmutableArray<T> some) => some[..(some.Length / 2)];
    }

    private AddedModels Added() => new(state.State.Version, state.State.Routes);

    /// <summary>Everything that is wrong with a route, by field.</summary>
    private async Task<ImmutableArray<FieldProblem>> Check(RouteDefinition route)
    {
        var known = pools.Names.ToHashSet(StringComparer.Ordinal);
        if (route.Targets.Any(target => !known.Contains(target.Pool)))
        {
            known.UnionWith(await GrainFactory.GetGrain<IAccountRegistryGrain>(IAccountRegistryGrain.Key).GetPools());
        }

        return [.. RouteChecks.Of(route), .. RouteProblems.Of(route, pool => known.Contains(pool) ? accounts.PoolOf(pool) : null, kinds)];
    }

    private ModelCatalogStatus Status()
    {
        var record = state.State;
        var models = source.Catalog.Models.Select(model => new ModelStatus(
            model,
            source.OriginOf(model.Id) ?? AccountOrigin.Api,
            PresenceOf(model)
        ));
        var hidden = record.Routes.Where(route => source.IsConfigured(route.Id)).Select(static route => route.Id);
        return new([.. models], [.. hidden], record.Found, record.RefreshedAt, _problem, source.Discovered.Pools);
    }

    private ModelPresence PresenceOf(Route route) =>
        route.Targets.All(target => state.State.Dead.Contains(target.ToString())) ? ModelPresence.Dead
        : route.Targets.Any(target => state.State.Alive.Contains(target.ToString())) ? ModelPresence.Alive
        : ModelPresence.Unknown;

    private async Task Change(ImmutableArray<RouteDefinition> routes)
    {
        await Write(state.State with { Version = state.State.Version + 1, Routes = routes });
        source.Use(Added());
        await silos.UseModels(Added());
    }

    private async Task Write(ModelCatalogRecord record)
    {
        var before = state.State;
        try
        {
            state.State = record;
            await state.WriteStateAsync();
        }
        catch
        {
            // It is not known whether the write took effect: the next activation reads what is stored.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private void TellOfDead()
    {
        foreach (var route in source.Catalog.Models.Where(route => PresenceOf(route) == ModelPresence.Dead))
        {
            LogDead(route.Id, route.Targets[0].Model);
        }
    }

    private static ModelChangeResult.Conflict OfConfiguration(string id) =>
        new($"The model '{id}' is defined in the configuration (the accounts file, FlowGpt:Models:Aliases, or built in): change it there.");

    [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "Model {Model} was added or replaced")]
    private partial void LogPut(string model);

    [LoggerMessage(EventId = 2503, Level = LogLevel.Information, Message = "Model {Model} was removed")]
    private partial void LogRemoved(string model);

    [LoggerMessage(
        EventId = 2504,
        Level = LogLevel.Warning,
        Message = "The upstream does not have {UpstreamModel}, which should answer for model {Model}"
    )]
    private partial void LogDead(string model, string upstreamModel);

    [LoggerMessage(EventId = 2505, Level = LogLevel.Warning, Message = "The upstream could not be asked about its models")]
    private partial void LogRefreshFailed(Exception exception);
}
