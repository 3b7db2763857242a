using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>Turns without a grain and a cluster: <see cref="TurnRunner"/> over pools, upstreams and a journal that a test controls.</summary>
internal sealed class TurnWorld : ITurnJournal, IKeyReservations, IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentDictionary<string, ScriptedPool> _pools = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ScriptedUpstream> _upstreams = new(StringComparer.Ordinal);
    private readonly PoolCatalog _catalog;
    private readonly ResponseRegistry _registry;
    private readonly TokenCounter _tokens = new();

    /// <param name="kind">The kind of all pools; null for the kind whose upstream is <see cref="Upstream"/>.</param>
    public TurnWorld(IProviderKind? kind = null)
    {
        kind ??= new ScriptedKind("scripted", pool => Upstream(pool.Name));
        var meters = _services.GetRequiredService<IMeterFactory>();
        var options = Options.Create(new TurnOptions());
        var kinds = new ProviderKinds([kind]);
        Pools = new AnyPool(kind.Name);
        _catalog = new PoolCatalog(kinds, Pools);
        _registry = new ResponseRegistry(options, Time, NullLogger<ResponseRegistry>.Instance);
        Services = new TurnServices(
            _catalog,
            PoolInsteadOf.Create(null, Pool),
            storage: null!,
            new ModelCatalogSource(Options.Create(new ModelCatalogOptions()), Pools, Pools, kinds),
            Leases,
            this,
            _tokens,
            Usage,
            _registry,
            new TurnAdmission(_registry, new SiloDrain(), new SiloContact(Time), silos: null!),
            options,
            new TurnInstruments(meters, _registry),
            new UsageInstruments(meters, Time),
            Options.Create(new EmulationOptions()),
            new FlowGpt.Grains.Timing.ClusterTiming(),
            Time
        );
        Runner = new TurnRunner(Services, NullLogger<TurnRunner>.Instance);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public AnyPool Pools { get; }

    public RecordedLeases Leases { get; } = new();

    public RecordedUsage Usage { get; } = new();

    public TurnServices Services { get; }

    public TurnRunner Runner { get; }

    /// <summary>Results that the journal was given.</summary>
    public List<TurnResult> Ends { get; } = [];

    /// <summary>Thrown by the journal at a turn's end.</summary>
    public Exception? OnEnd { get; set; }

    /// <summary>Tokens with which keys were settled.</summary>
    public List<long?> SettledKeys { get; } = [];

    public ScriptedPool Pool(string name) => _pools.GetOrAdd(name, static name => new ScriptedPool(name) { Accounts = [$"{name}-1"] });

    public ScriptedUpstream Upstream(string pool) => _upstreams.GetOrAdd(pool, static _ => new ScriptedUpstream());

    public static TurnRequest Request(params Item[] input) =>
        new()
        {
            ResponseId = "resp_1",
            ClientKeyId = "key",
            Route = "route",
            Input = input.Length > 0 ? [.. input] : [Messages.User("Hi")],
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>A turn whose targets are these pools, in this order.</summary>
    public ActiveTurn Turn(TurnRequest request, params string[] pools)
    {
        ImmutableArray<Target> targets = [.. pools.Select((pool, i) => new Target(pool, $"model-of-{pool}") { Order = i })];
        var route = new Route("route", targets, "", null, CleanResponsePrefix: false, 0, "test");
        var prompt = _tokens.CountPrompt(request, request.Input.AsSpan());
        return new ActiveTurn(request, route, request.Input, prompt, Time) { Targets = targets };
    }

    /// <summary>Runs a turn to its end, which must come without further steps of the test.</summary>
    public async Task<ActiveTurn> RunAsync(ActiveTurn turn)
    {
        await Soon.Happens(Runner.RunAsync(turn, this), "the turn ends");
        Assert.True(turn.Log.IsClosed);
        Assert.Equal(0, Leases.Open);
        return turn;
    }

    public Task<ActiveTurn> RunAsync(params string[] pools) => RunAsync(Turn(Request(), pools));

    public void Dispose()
    {
        _catalog.Dispose();
        _registry.Dispose();
        _services.Dispose();
    }

    ValueTask<UpstreamThread?> ITurnJournal.FindThreadAsync(ActiveTurn turn) => default;

    ValueTask<TurnResult> ITurnJournal.EndAsync(ActiveTurn turn, TurnResult result, UsageEvent usage)
    {
        Ends.Add(result);
        return OnEnd is null ? new(result) : throw OnEnd;
    }

    ValueTask<HeldKeyUse> IKeyReservations.ReserveAsync(TurnRequest turn, int promptTokens, TimeSpan maxWait) => new(HeldKeyUse.Unlimited);

    ValueTask<TurnError?> IKeyReservations.AwaitAsync(HeldKeyUse use, TimeSpan maxWait, CancellationToken stopping) => default;

    ValueTask IKeyReservations.SettleAsync(HeldKeyUse use, long? tokens)
    {
        SettledKeys.Add(tokens);
        return default;
    }
}
