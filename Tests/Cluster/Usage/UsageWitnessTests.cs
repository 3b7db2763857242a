using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>What a frontend books in the ledgers when a silo is lost.</summary>
public sealed class UsageWitnessTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = TimeProvider.System.GetUtcNow();

    private readonly FakeTimeProvider _time = new();
    private InProcessTestCluster _cluster = null!;
    private UsageWitness _witness = null!;

    private IUsageLedgerGrain Ledger => _cluster.Client.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf("key", At));

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.AddMemoryGrainStorageAsDefault();
                silo.Services.AddUsageRecording();
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        _witness = new UsageWitness(_cluster.Client, _time, NullLogger<UsageWitness>.Instance);
        await _witness.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _witness.StopAsync(CancellationToken.None);
        _witness.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task SiloLost_SomeBookedSomeNot_BooksTheRestOnceAndNothingOld()
    {
        _witness.Ended(Event(1));
        _time.Advance(UsageWitness.Window + TimeSpan.FromSeconds(1));
        foreach (var number in (int[])[2, 3, 4])
        {
            _witness.Ended(Event(number));
        }

        await Ledger.Record(Event(2));
        _witness.SiloLost();
        _witness.SiloLost();

        var totals = await BooksAsync(requests: 3);
        Assert.Equal(0, totals.Estimated);
    }

    [Fact]
    public async Task Lost_TurnUnderWay_IsBookedAsAnEstimateUnlessItsSiloHadBookedIt()
    {
        await Ledger.Record(Event(1));

        _witness.Lost(Event(1) with { Estimated = true });
        _witness.Lost(Event(2) with { Estimated = true });

        Assert.Equal(1, (await BooksAsync(requests: 2)).Estimated);
    }

    // The clock advances as soon as the witness waits.
    private Task<UsageTotals> BooksAsync(long requests) =>
        Soon.Becomes(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return Ledger.GetTotals();
            },
            totals => totals.Requests == requests,
            $"{requests} requests are booked"
        );

    private static UsageEvent Event(int number) =>
        new($"chatcmpl-{number:x32}", "key", "model", "a", At, new TokenUsage(10, 5, 0), null, false, null, TimeSpan.FromSeconds(1));
}
