using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using FlowGpt.Grains.Usage.RollUps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>Ledgers and their day's roll-up together, over a storage whose faults the test chooses.</summary>
public sealed class UsageSummaryGrainTests : IAsyncLifetime
{
    private const string Day = "20251001";
    private static readonly DateTimeOffset At = new(2025, 10, 1, 12, 30, 0, TimeSpan.Zero);

    private readonly FaultyStorage _storage = new();
    private InProcessTestCluster _cluster = null!;

    private IUsageSummaryGrain Summary => _cluster.Client.GetGrain<IUsageSummaryGrain>(Day);

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", _storage);
                silo.Services.AddSingleton<IGrainStorage>(_storage);
                silo.Services.AddUsageRecording()
                    .Configure(static options =>
                    {
                        options.CommitInterval = TimeSpan.FromMilliseconds(10);
                        options.RollUpInterval = TimeSpan.FromMilliseconds(50);
                        options.RollUpWriteInterval = TimeSpan.FromMilliseconds(50);
                    });
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Query_EventsOfSomeKeysAndHours_ShowsThemByBothWithoutFurtherTraffic()
    {
        foreach (var key in (string[])["k1", "k2"])
        {
            await BookAsync(Event(1, key, At), Event(2, key, At.AddHours(1)), Event(3, key, At.AddDays(1)));
        }

        var answer = await WaitForAsync(requests: 4);

        Assert.Equal(0, answer.LedgersUnheard);
        var rows = await Summary.Query(new(UsageBucketWidth.Hour, UsageGrouping.ClientKey | UsageGrouping.Account, 0, 24, [], [], []));
        Assert.Equal(
            [(12, "k1", "a", 1), (12, "k2", "a", 1), (13, "k1", "a", 1), (13, "k2", "a", 1)],
            rows.Rows.Select(static row => (row.Hour, row.ClientKeyId!, row.Account!, (int)row.Figures.Requests))
        );
    }

    [Fact]
    public async Task Query_RollUpCrashedBeforeItWrote_AsksTheLedgersBeforeItAnswers()
    {
        await BookAsync(Event(1, "k1", At));
        await WaitForAsync(requests: 1);
        await BookAsync(Event(2, "k1", At), Event(3, "k2", At));

        // The next write of the hour's ledger fails, and the activation ends with everything that is only in memory.
        _storage.OnlyState = "usage-hour-12";
        _storage.NextWrite = StorageFault.BeforeCommit;

        Assert.Equal(3, (await WaitForAsync(requests: 3)).Rows.Single().Figures.Requests);
        await WaitForAsync(() => _storage.NextWrite == StorageFault.None);
        Assert.Equal(3, (await WaitForAsync(requests: 3)).Rows.Single().Figures.Requests);
    }

    [Fact]
    public async Task Query_LedgerDiedBeforeItTold_IsAskedAndHasItWithoutFurtherTraffic()
    {
        await BookAsync(Event(1, "k1", At));
        await WaitForAsync(requests: 1);

        // The write takes effect and is then reported as failed: the activation ends without a report to the roll-up.
        _storage.OnlyState = "ledger";
        _storage.NextWrite = StorageFault.AfterCommit;
        await Assert.ThrowsAsync<OrleansException>(() => Ledger("k1", At).Record(Event(2, "k1", At)).AsTask());

        Assert.Equal(2, (await WaitForAsync(requests: 2)).Rows.Single().Figures.Requests);
    }

    [Theory]
    [InlineData(StorageFault.BeforeCommit)]
    [InlineData(StorageFault.AfterCommit)]
    public async Task Record_RollUpCannotListTheLedger_BooksOnceItCan(StorageFault fault)
    {
        _storage.OnlyState = "usage-day";
        _storage.NextWrite = fault;

        await BookAsync(Event(1, "k1", At));

        Assert.Equal(1, (await WaitForAsync(requests: 1)).Rows.Single().Figures.Requests);
    }

    [Fact]
    public async Task Query_WritesFailAtRandomEverywhere_EndsEqualToTheSumOfTheLedgers()
    {
        const int Events = 600;
        var random = new Random(4);
        using var stop = new CancellationTokenSource();
        var faults = BreakNowAndThenAsync(random, stop.Token);
        var keys = (string[])["k1", "k2", "k3"];

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Events),
            new ParallelOptions { MaxDegreeOfParallelism = 12 },
            async (i, _) =>
            {
                var usage = Event(i, keys[i % 3], At.AddHours(i % 2));
                await BookAsync(usage);
                await BookAsync(usage);
            }
        );
        await stop.CancelAsync();
        await faults;
        _storage.NextWrite = StorageFault.None;

        var answer = await WaitForAsync(Events);
        var row = Assert.Single(answer.Rows);
        Assert.Equal((Events * 10, Events * 5), (row.Figures.PromptTokens, row.Figures.CompletionTokens));
        Assert.Equal(Events, row.Figures.Latency.Total);
        Assert.Equal(Events, (await Task.WhenAll(keys.SelectMany(key => Totals(key)))).Sum());
    }

    [Fact]
    public async Task Report_NothingNewAndMayClose_TakesLeaveAndOpensAgainBeforeItWrites()
    {
        await BookAsync(Event(1, "k1", At));
        await WaitForAsync(requests: 1);
        var reports = _cluster.Client.GetGrain<ILedgerReportGrain>("k1/2025100112");

        Assert.False((await reports.Report(0, mayClose: true)).Closed);
        Assert.NotNull((await reports.Report(0, mayClose: true)).Table);
        var leave = await reports.Report(1, mayClose: true);
        Assert.True(leave.Closed);
        Assert.Null(leave.Table);

        _storage.OnlyState = "usage-hour-12";
        _storage.NextWrite = StorageFault.BeforeCommit;
        await BookAsync(Event(2, "k1", At));
        Assert.Equal(2, (await WaitForAsync(requests: 2)).Rows.Single().Figures.Requests);
    }

    [Fact]
    public async Task Query_LedgerIsListedInAFurtherPart_IsAskedBeforeAnythingIsAnswered()
    {
        var ledger = new UsageLedger(new(), At);
        ledger.Book(Event(1, "k2", At), At, missed: false);
        await StoreAsync("ledger", GrainId.Create("usage-ledger", "k2/2025100112"), ledger.ToState(At));
        await StoreAsync("usage-day", GrainId.Create("usage-summary", $"{Day}/1"), new UsageDayState { Open = ["k2/2025100112"] });
        await StoreAsync("usage-day", GrainId.Create("usage-summary", Day), new UsageDayState { FurtherParts = 1 });

        var answer = await Summary.Query(new(UsageBucketWidth.Day, UsageGrouping.None, 0, 24, [], [], []));

        Assert.Equal(1, Assert.Single(answer.Rows).Figures.Requests);
    }

    [Fact]
    public async Task Open_MoreNamesThanARecordHolds_ListsThemInFurtherRecordsAlsoWhereACrashLeftOne()
    {
        await StoreAsync("usage-day", GrainId.Create("usage-summary", $"{Day}/1"), new UsageDayState { Open = ["left/2025100112"] });
        var names = Enumerable.Range(0, 3).Select(static key => $"{new string('k', 300_000)}-{key}/2025100112").ToArray();

        foreach (var name in names)
        {
            await _cluster.Client.GetGrain<IUsageRollUpGrain>(Day).Open(name);
        }

        var stored = _storage.Records<UsageDayState>("usage-day");
        Assert.Equal(2, stored.Max(static part => part.FurtherParts));
        Assert.Equal(names, stored.SelectMany(static part => part.Open).Order(StringComparer.Ordinal));
    }

    private Task StoreAsync<T>(string state, GrainId grain, T record) => _storage.WriteStateAsync(state, grain, new GrainState<T>(record));

    private IEnumerable<Task<long>> Totals(string key) =>
        Enumerable.Range(0, 2).Select(async hour => (await Ledger(key, At.AddHours(hour)).GetTotals()).Requests);

    private async Task BreakNowAndThenAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _storage.NextWrite = random.Next(2) == 0 ? StorageFault.BeforeCommit : StorageFault.AfterCommit;
            var writes = _storage.Writes;
            await WaitForAsync(() => stop.IsCancellationRequested || _storage.Writes > writes + random.Next(3, 12));
        }
    }

    // As callers that deliver usage do: repeated until the event is booked.
    private async Task BookAsync(params UsageEvent[] events)
    {
        foreach (var usage in events)
        {
            while (true)
            {
                try
                {
                    await Ledger(usage.ClientKeyId, usage.At).Record(usage);
                    break;
                }
                catch (Exception exception) when (exception is OrleansException or IOException or TimeoutException)
                {
                    TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }

    private async Task<UsageDayAnswer> WaitForAsync(long requests) =>
        (
            await Soon.Becomes(
                TryQueryAsync,
                answer => answer?.Rows.Sum(static row => row.Figures.Requests) == requests,
                $"the roll-up has {requests} requests"
            )
        )!;

    private async Task WaitForAsync(Func<bool> condition) => await Soon.Becomes(TryQueryAsync, _ => condition(), "the storage was used");

    // An activation whose write failed refuses until a new activation exists.
    private async ValueTask<UsageDayAnswer?> TryQueryAsync()
    {
        try
        {
            return await Summary.Query(new(UsageBucketWidth.Day, UsageGrouping.None, 0, 24, [], [], []));
        }
        catch (Exception exception) when (exception is OrleansException or IOException)
        {
            return null;
        }
    }

    private IUsageLedgerGrain Ledger(string key, DateTimeOffset at) =>
        _cluster.Client.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(key, at));

    private static UsageEvent Event(int number, string key, DateTimeOffset at) =>
        new(
            $"chatcmpl-{number:x32}",
            key,
            "model",
            "a",
            at,
            new TokenUsage(10, 5, 0),
            null,
            false,
            null,
            TimeSpan.FromSeconds(1),
            IsFromOutbox: number % 2 == 0,
            Calls: ["a"]
        );
}
