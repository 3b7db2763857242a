using System.Collections.Immutable;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Keeps the added models, tells silos of them, and asks the upstream about personas. Reading never waits for the upstream.</summary>
[GrainType("model-catalog")]
internal sealed partial class ModelCatalogGrain(
    [PersistentState("models", "Default")] IPersistentState<ModelCatalogRecord> state,
    ModelCatalogSource source,
    SiloBroadcast silos,
    IServiceProvider services,
    IOptions<ModelCatalogOptions> options,
    TimeProvider time,
    ILogger<ModelCatalogGrain> logger
) : Grain, IModelCatalogGrain
{
    private const int MostAdded = 500;
    private const int LongestQuery = 200;

    private static readonly TimeSpan RefreshWithin = TimeSpan.FromSeconds(12);

    private string? _problem;

    public ValueTask<ModelCatalog> Get() => new(source.Catalog);

    public ValueTask<AddedModels> GetAdded() => new(Added());

    public ValueTask<ModelCatalogStatus> GetStatus() => new(Status());

    public async ValueTask<ModelChangeResult> Put(ModelAlias alias)
    {
        if (source.IsConfigured(alias.Id))
        {
            return OfConfiguration(alias.Id);
        }

        if (ModelAliases.Check(alias) is { Length: > 0 } problems)
        {
            return new ModelChangeResult.Invalid(problems);
        }

        var aliases = state.State.Aliases;
        var before = aliases.FirstOrDefault(one => one.Id == alias.Id);
        if (before is null && aliases.Length >= MostAdded)
        {
            return new ModelChangeResult.Conflict($"There are {MostAdded} added models already; remove one first.");
        }

        await Change(before is null ? aliases.Add(alias) : aliases.Replace(before, alias));
        LogPut(alias.Id);
        return new ModelChangeResult.Done(Status().Models.First(one => one.Model.Id == alias.Id), before is null);
    }

    public async ValueTask<ModelChangeResult> Remove(string id)
    {
        if (state.State.Aliases.FirstOrDefault(one => one.Id == id) is { } alias)
        {
            await Change(state.State.Aliases.Remove(alias));
            LogRemoved(id);
            return new ModelChangeResult.Done(null, IsNew: false);
        }

        return source.IsConfigured(id) ? OfConfiguration(id) : new ModelChangeResult.NotFound();
    }

    public async ValueTask<ModelCatalogStatus> Refresh(string query)
    {
        if (services.GetService<IPersonaSearch>() is not { } search)
        {
            _problem = "no upstream with a search is configured";
            return Status();
        }

        using var deadline = new CancellationTokenSource(RefreshWithin, time);
        try
        {
            var found = await search.SearchAsync(query.Length > LongestQuery ? query[..LongestQuery] : query, deadline.Token);
            var ids = source.Catalog.Models.Select(static model => model.Targets[0].Model).Distinct().ToArray();
            var states = await Task.WhenAll(ids.Select(id => search.LookAsync(id, deadline.Token)));
            var known = ids.Zip(states).ToArray();
            await Write(
                state.State with
                {
                    Found = found,
                    Alive = [.. known.Where(static one => one.Second == PersonaState.Alive).Select(static one => one.First)],
                    Dead = [.. known.Where(static one => one.Second == PersonaState.Dead).Select(static one => one.First)],
                    RefreshedAt = time.GetUtcNow(),
                }
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

    private AddedModels Added() => new(state.State.Version, state.State.Aliases);

    private ModelCatalogStatus Status()
    {
        var record = state.State;
        var models = source.Catalog.Models.Select(model => new ModelStatus(
            model,
            source.IsConfigured(model.Id) ? AccountOrigin.Configuration : AccountOrigin.Api,
            record.Dead.Contains(model.Targets[0].Model) ? PersonaState.Dead
                : record.Alive.Contains(model.Targets[0].Model) ? PersonaState.Alive
                : PersonaState.Unknown
        ));
        var hidden = record.Aliases.Where(alias => source.IsConfigured(alias.Id)).Select(static alias => alias.Id);
        return new([.. models], [.. hidden], record.Found, record.RefreshedAt, _problem);
    }

    private async Task Change(ImmutableArray<ModelAlias> aliases)
    {
        await Write(state.State with { Version = state.State.Version + 1, Aliases = aliases });
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
            // Nobody knows whether it took effect: the next activation reads it.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private void TellOfDead()
    {
        foreach (var model in source.Catalog.Models.Where(model => state.State.Dead.Contains(model.Targets[0].Model)))
        {
            LogDead(model.Id, model.Targets[0].Model);
        }
    }

    private static ModelChangeResult.Conflict OfConfiguration(string id) =>
        new($"The model '{id}' is defined in the configuration (FlowGpt:Models:Aliases, or built in): change it there.");

    [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "Model {Model} was added or replaced")]
    private partial void LogPut(string model);

    [LoggerMessage(EventId = 2503, Level = LogLevel.Information, Message = "Model {Model} was removed")]
    private partial void LogRemoved(string model);

    [LoggerMessage(
        EventId = 2504,
        Level = LogLevel.Warning,
        Message = "The upstream does not know {PromptId}, which should answer for model {Model}"
    )]
    private partial void LogDead(string model, string promptId);

    [LoggerMessage(EventId = 2505, Level = LogLevel.Warning, Message = "The upstream could not be asked about its personas")]
    private partial void LogRefreshFailed(Exception exception);
}
