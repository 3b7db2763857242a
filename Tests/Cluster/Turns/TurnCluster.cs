using System.Text;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Conversations.Pending;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
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
using FlowGpt.Silo.Storage;
using FlowGpt.Tests.Cluster.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Providers;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>
/// A silo whose conversations run over an upstream, a pool, leases, a storage and a clock that tests control; everything else is the
/// product's. Tests that share it run one after the other, each from <see cref="Reset"/> on.
/// </summary>
public sealed class TurnCluster : IAsyncLifetime
{
    /// <summary>Longer than any time that a test lets pass for another reason.</summary>
    internal static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    private readonly short _silos;
    private InProcessTestCluster _cluster = null!;
    private int _names;

    public TurnCluster()
        : this(silos: 1) { }

    internal TurnCluster(short silos) => _silos = silos;

    /// <summary>The client of this test: each test has its own client and books.</summary>
    internal string ClientKey { get; private set; } = "key";

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    internal ScriptedUpstream Upstream { get; } = new();

    internal ScriptedPool Pool { get; } = new();

    internal RecordedLeases Leases { get; } = new();

    internal RecordedUsage Usage { get; } = new();

    internal FaultyStorage Storage { get; init; } = new();

    internal TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(15);

    internal ResponseRegistry Registry => _cluster.GetSiloServiceProvider().GetRequiredService<ResponseRegistry>();

    internal SiloContact Contact => _cluster.GetSiloServiceProvider().GetRequiredService<SiloContact>();

    internal TokenCounter Tokens { get; } = new();

    /// <summary>What each silo is generating.</summary>
    internal IReadOnlyList<ResponseRegistry> Registries =>
        [.. _cluster.Silos.Select(silo => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<ResponseRegistry>())];

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.ConfigureSilo((_, silo) => Configure(silo.Services));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    internal void Reset()
    {
        ClientKey = $"key{Interlocked.Increment(ref _names)}";
        Upstream.Reset();
        Pool.Reset();
        Leases.Reset();
        Usage.Events.Clear();
        Storage.NextWrite = StorageFault.None;
        Storage.OnlyState = null;
        Storage.OnlyGrain = null;
        Storage.NextReadFails = false;
    }

    internal IGrainFactory Grains => _cluster.Client;

    internal ITurnHostGrain Host(string key) => _cluster.Client.GetGrain<ITurnHostGrain>(key);

    internal IConversationGrain Conversation(string key) => _cluster.Client.GetGrain<IConversationGrain>(key);

    /// <summary>A new place for a turn: a stored conversation, or a host of turns that are not stored.</summary>
    internal ITurnGrain NewPlace(bool stored = false)
    {
        var name = $"n{Interlocked.Increment(ref _names)}";
        return stored ? Conversation(ConversationKey.Stored(ClientKey, name)) : Host(ConversationKey.Host(name));
    }

    internal ValueTask<UsageTotals> LedgerAsync() =>
        _cluster.Client.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(ClientKey, Time.GetUtcNow())).GetTotals();

    internal IPendingTurnsGrain Index(string conversation) =>
        _cluster.Client.GetGrain<IPendingTurnsGrain>(IPendingTurnsGrain.ShardOf(conversation));

    internal Task DeactivateAsync(ITurnGrain place) => _cluster.DeactivateAsync(place);

    /// <summary>A turn with one user message unless others are given.</summary>
    internal TurnRequest Turn(string text = "Hello", bool stored = false, params ReadOnlySpan<Item> earlier) =>
        new()
        {
            ResponseId = $"chatcmpl-{Interlocked.Increment(ref _names)}",
            ClientKeyId = ClientKey,
            Route = "gpt-4-free",
            Input = [.. earlier, Messages.User(text)],
            Lifetime = stored ? TurnLifetime.Stored : TurnLifetime.Attached,
            Fingerprint = new Digest(0, (ulong)text.GetHashCode(StringComparison.Ordinal)),
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Reads a response to its end.</summary>
    internal static async Task<(string Text, ResponseSlice End)> ReadToEndAsync(ITurnGrain place, string responseId, int from = 0)
    {
        var text = new StringBuilder();
        while (true)
        {
            var read = place.Read(responseId, from, TimeSpan.FromSeconds(2), CancellationToken.None);
            var slice = await Soon.Happens(read.AsTask(), $"response {responseId} brings news");
            text.Append(slice.Events.Text());
            from = slice.NextSequence;
            if (slice.IsTerminal)
            {
                return (text.ToString(), slice);
            }
        }
    }

    private void Configure(IServiceCollection services)
    {
        StorageBoundary.Register(services, _ => Storage);
        services.AddAffinity();
        services.AddTurns().Configure(static options => options.AbandonedAfter = AbandonedAfter);
        services.AddConversations().Configure(options => options.SweepInterval = SweepInterval);
        services.AddModelCatalog();
        services.AddUsageRecording();
        services.AddClientKeys();
        services.AddSingleton<IProviderKind>(ScriptedKind.Of("flowgpt", Upstream));
        var pools = new AnyPool("flowgpt");
        services.AddSingleton<IPoolSource>(pools);
        services.AddSingleton<IRouteSource>(pools);
        services.AddSingleton(provider => new ResponseRegistry(
            provider.GetRequiredService<IOptions<TurnOptions>>(),
            Time,
            provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<ResponseRegistry>>()
        ));
        services.AddSingleton(provider => new TurnServices(
            provider.GetRequiredService<PoolCatalog>(),
            PoolInsteadOf.Create(provider.GetRequiredService<IGrainFactory>(), _ => Pool),
            provider.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME),
            provider.GetRequiredService<ModelCatalogSource>(),
            Leases,
            provider.GetRequiredService<IKeyReservations>(),
            Tokens,
            Usage,
            provider.GetRequiredService<ResponseRegistry>(),
            provider.GetRequiredService<TurnAdmission>(),
            provider.GetRequiredService<IOptions<TurnOptions>>(),
            provider.GetRequiredService<TurnInstruments>(),
            provider.GetRequiredService<UsageInstruments>(),
            Options.Create(new EmulationOptions()),
            provider.GetRequiredService<FlowGpt.Grains.Timing.ClusterTiming>(),
            Time
        ));
    }
}
