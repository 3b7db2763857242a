using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Asks providers for their models, one after the other, by a credential of their own pool. Reading never waits for a provider.</summary>
[GrainType("model-discovery")]
internal sealed partial class ModelDiscoveryGrain(
    [PersistentState("discovered", "Default")] IPersistentState<ModelDiscoveryRecord> state,
    IRouteSource routes,
    ModelCatalogSource source,
    PoolCatalog pools,
    CredentialSeal seal,
    RecordCap cap,
    IOptions<ModelCatalogOptions> options,
    TimeProvider time,
    ILogger<ModelDiscoveryGrain> logger
) : Grain, IModelDiscoveryGrain
{
    private const int MostModels = 2000;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitAtMost = TimeSpan.FromSeconds(12);

    private readonly Dictionary<string, DiscoverySchedule> _schedules = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstRound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    public ValueTask<DiscoveredModels> Get() => new(state.State.Models);

    public async ValueTask<DiscoveredModels> GetOnceAsked()
    {
        try
        {
            await _firstRound.Task.WaitAsync(WaitAtMost, time);
        }
        catch (TimeoutException)
        {
            // What is known so far is the answer.
        }

        return state.State.Models;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        source.Use(state.State.Models);
        this.RegisterGrainTimer(
            static (grain, cancellation) => grain.AskDue(cancellation),
            this,
            new()
            {
                DueTime = TimeSpan.Zero,
                Period = Tick,
                KeepAlive = true,
            }
        );
        return Task.CompletedTask;
    }

    private async Task AskDue(CancellationToken cancellationToken)
    {
        try
        {
            var discovering = routes.Current.Discovering.ToArray();
            await Forget(discovering);
            foreach (var pool in discovering)
            {
                var schedule = _schedules.GetValueOrDefault(pool.Name);
                if (schedule.Due <= time.GetUtcNow())
                {
                    var isAnswered = await Ask(pool, cancellationToken);
                    _schedules[pool.Name] = schedule.After(isAnswered, time.GetUtcNow(), options.Value.DiscoveryInterval);
                }
            }
        }
        finally
        {
            _firstRound.TrySetResult();
        }
    }

    private async Task<bool> Ask(PoolDefinition definition, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AskWithin);
        try
        {
            if (pools.Find(definition.Name) is not { } pool)
            {
                return await Note(definition.Name, null, new("its provider kind is not there"));
            }

            var credential = await GrainFactory.GetGrain<IPoolAccountsGrain>(definition.Name).GetReadyCredential();
            if (credential is null)
            {
                return await Note(definition.Name, null, new("no account of the pool is ready"));
            }

            PoolWall.Check(pool.Definition.Name, credential.Pool, definition.Name);
            var models = await pool.Kind.DiscoverAsync(pool.Definition, seal.Open(credential), deadline.Token);
            return await Note(definition.Name, models.Length > MostModels ? models[..MostModels] : models, null);
        }
        catch (UpstreamException exception)
        {
            return await Note(definition.Name, null, DiscoveryProblem.Of(exception.Failure, definition));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await Note(definition.Name, null, new("the provider did not answer in time"));
        }
#pragma warning disable CA1031 // Whatever one provider makes of being asked, the others are asked too.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(exception, definition.Name);
            return await Note(definition.Name, null, new("asking failed; see the log"));
        }
    }

    /// <summary>Keeps an answer, or why there is none; the models of the last answer stay.</summary>
    private async Task<bool> Note(string pool, ImmutableArray<DiscoveredModel>? models, DiscoveryProblem? problem)
    {
        var known = state.State.Models;
        var before = known.Pools.FirstOrDefault(one => one.Pool == pool);
        var now = new PoolModels(pool, models ?? before?.Models ?? [], models is null ? before?.At : time.GetUtcNow(), problem?.Text)
        {
            Advice = problem?.Advice,
        };
        Tell(pool, problem?.Text, now.Models.Length);
        if (before is null || before.Problem != problem?.Text || !before.Models.AsSpan().SequenceEqual(now.Models.AsSpan()))
        {
            while (now.Models.Length > 0 && !cap.Fits(new ModelDiscoveryRecord { Models = new(0, With(now)) }))
            {
                now = now with
                {
                    Models = now.Models[..(now.Models.Length / 2)],
                    Problem = now.Problem ?? "offers more models than a record of 1 MiB holds",
                };
            }

            await Write(With(now));
        }

        return problem is null;

        ImmutableArray<PoolModels> With(PoolModels models) =>
            before is null ? known.Pools.Add(models) : known.Pools.Replace(before, models);
    }

    private async Task Forget(PoolDefinition[] discovering)
    {
        var left = state.State.Models.Pools.RemoveAll(one => Array.TrueForAll(discovering, pool => pool.Name != one.Pool));
        if (left.Length < state.State.Models.Pools.Length)
        {
            await Write(left);
        }
    }

    private async Task Write(ImmutableArray<PoolModels> pools)
    {
        var before = state.State;
        try
        {
            state.State = new() { Models = new(before.Models.Version + 1, pools) };
            await state.WriteStateAsync();
            source.Use(state.State.Models);
        }
        catch
        {
            // It is not known whether the write took effect: the next activation reads what is stored.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private void Tell(string pool, string? problem, int count)
    {
        if (_told.GetValueOrDefault(pool) == (problem ?? ""))
        {
            return;
        }

        _told[pool] = problem ?? "";
        if (problem is null)
        {
            LogFound(pool, count);
        }
        else
        {
            LogProblem(pool, problem);
        }
    }

    [LoggerMessage(EventId = 2506, Level = LogLevel.Information, Message = "The provider of pool {Pool} offers {Count} models")]
    private partial void LogFound(string pool, int count);

    [LoggerMessage(
        EventId = 2507,
        Level = LogLevel.Warning,
        Message = "The provider of pool {Pool} could not be asked for its models: {Problem}"
    )]
    private partial void LogProblem(string pool, string problem);

    [LoggerMessage(EventId = 2508, Level = LogLevel.Error, Message = "Asking the provider of pool {Pool} for its models failed")]
    private partial void LogFailed(Exception exception, string pool);
}
