using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>The ledger grain and the recorder over a storage whose faults the test chooses.</summary>
public sealed class UsageLedgerGrainTests : IAsyncLifetime
{
    private const string Ledger = "key/2025100112";
    private static readonly DateTimeOffset At = new(2025, 10, 1, 12, 30, 0, TimeSpan.Zero);

    private readonly FaultyStorage _storage = new();
    private InProcessTestCluster _cluster = null!;

    private IUsageLedgerGrain Grain => _cluster.Client.GetGrain<IUsageLedgerGrain>(Ledger);

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", _storage);
                silo.Services.AddSingleton<IGrainStorage>(_storage);
                silo.Services.AddUsageRecording();
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public void KeyOf_Event_IsItsKeyAndUtcHour() =>
        Assert.Equal(Ledger, IUsageLedgerGrain.KeyOf("key", At.ToOffset(TimeSpan.FromHours(5))));

    [Fact]
    public async Task Record_ManyAtOnce_ShareWritesAndAreAllBooked()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Grain.Record(Event(i)).AsTask()));

        Assert.Equal(500, (await Grain.GetTotals()).Requests);
        Assert.InRange(_storage.Writes, 1, 50);
    }

    [Fact]
    public async Task Record_RepeatedAndAfterDeactivation_IsBookedOnce()
    {
        await Grain.Record(Event(1));
        await Task.WhenAll(Grain.Record(Event(1)).AsTask(), Grain.Record(Event(2)).AsTask(), Grain.Record(Event(2)).AsTask());
        await _cluster.DeactivateAsync(Grain);
        await Grain.Record(Event(2));

        Assert.Equal(new UsageTotals(2, 0, 0, 20, 10, 0), await Grain.GetTotals());
    }

    [Theory]
    [InlineData(StorageFault.BeforeCommit)]
    [InlineData(StorageFault.AfterCommit)]
    public async Task Record_WriteFails_FailsItsCallersAndARepetitionIsBookedOnce(StorageFault fault)
    {
        await Grain.Record(Event(1));
        _storage.NextWrite = fault;

        var outcomes = await Task.WhenAll(Enumerable.Range(2, 5).Select(i => SucceedsAsync(Grain.Record(Event(i)))));
        Assert.DoesNotContain(true, outcomes);
        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => RepeatAsync(Event(i))));

        Assert.Equal(new UsageTotals(6, 0, 0, 60, 30, 0), await Grain.GetTotals());
    }

    [Fact]
    public async Task Recorder_LedgerFailsAtFirst_DeliversAgainAndOnce()
    {
        var recorder = _cluster.GetSiloServiceProvider().GetRequiredService<IUsageRecorder>();
        _storage.NextWrite = StorageFault.AfterCommit;
        foreach (var i in Enumerable.Range(0, 20))
        {
            recorder.Record(Event(i));
            recorder.Record(Event(i));
        }

        await StopRecorderAsync();

        Assert.Equal(new UsageTotals(20, 0, 0, 200, 100, 0), await Grain.GetTotals());
    }

    private async Task StopRecorderAsync()
    {
        var recorder = _cluster.GetSiloServiceProvider().GetServices<IHostedService>().OfType<UsageRecorder>().Single();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await recorder.StopAsync(deadline.Token);
    }

    // The activation that failed is still deactivating when its callers get the failure.
    private async Task RepeatAsync(UsageEvent usage)
    {
        while (!await SucceedsAsync(Grain.Record(usage)))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task<bool> SucceedsAsync(ValueTask call)
    {
        try
        {
            await call;
            return true;
        }
        catch (OrleansException)
        {
            return false;
        }
    }

    private static UsageEvent Event(int number) =>
        new($"chatcmpl-{number:x32}", "key", "model", "a", At, new TokenUsage(10, 5, 0), null, false, null, TimeSpan.Zero);
}
