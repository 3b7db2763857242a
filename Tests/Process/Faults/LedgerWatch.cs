using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Follows the books of one scenario: from the books and the upstream's counts before the scenario, through every id that is booked, to the check by
/// <see cref="LedgerJudgement"/>.
/// </summary>
internal sealed class LedgerWatch : IAsyncDisposable
{
    /// <summary>Far shorter than the time for which a ledger keeps an id.</summary>
    private static readonly TimeSpan LookEach = TimeSpan.FromSeconds(10);

    /// <summary>Longer than a frontend waits before it reports the turns that were lost with a silo.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(5);

    private readonly FaultCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Digest> _ids = [];
    private readonly Lock _gate = new();
    private readonly LedgerBooks _before;
    private readonly TruthSnapshot _truth;
    private readonly Task _looking;

    private LedgerWatch(FaultCluster cluster, LedgerBooks before)
    {
        _cluster = cluster;
        _before = before;
        _truth = cluster.Simulator.Truth.Snapshot();
        _looking = LookAsync();
    }

    /// <summary>
    /// Begins with a cluster that nobody uses, once its books have come to rest; at once where they have come to rest at the end of the watch before and nobody has
    /// called the upstream since.
    /// </summary>
    public static async Task<LedgerWatch> StartAsync(FaultCluster cluster)
    {
        if (cluster.Rested is { } rested && rested.Calls == CallsOf(cluster))
        {
            return new LedgerWatch(cluster, rested.Books);
        }

        LedgerBooks? before = null;
        await new Rest(QuietFor).AwaitAsync(
            async () => (before = await LedgerBooks.ReadAsync(cluster.RedisClient)).Totals,
            static _ => true,
            "the books come to rest"
        );
        return new LedgerWatch(cluster, before!);
    }

    /// <summary>Returns when the books are as they must be and stay so; fails with what is wrong with them.</summary>
    /// <param name="requests">All that were sent since the start, at their end.</param>
    /// <param name="bookkeeping">How exact.</param>
    /// <param name="recordsSince">When Redis was back without its records.</param>
    public async Task<LedgerJudgement> JudgeAsync(IReadOnlyList<LoadRequest> requests, Bookkeeping bookkeeping, long recordsSince)
    {
        var judgement = LedgerJudgement.None;
        LedgerBooks? last = null;
        try
        {
            await new Rest(QuietFor).AwaitAsync(
                async () =>
                {
                    last = await NoteAsync();
                    judgement = Judge(requests, last, bookkeeping, recordsSince);
                    return last.Totals;
                },
                _ => judgement.Problem is null,
                "the books are in order"
            );
            _cluster.Rested = new(last!, CallsOf(_cluster));
        }
        catch (TimeoutException exception)
        {
            Assert.Fail($"{judgement.Problem ?? exception.ToString()}\n{judgement.Report}");
        }

        return judgement;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private static long CallsOf(FaultCluster cluster) =>
        cluster.Simulator.Truth.Snapshot().Accounts.Sum(static account => (long)account.ChatRequests);

    private LedgerJudgement Judge(IReadOnlyList<LoadRequest> requests, LedgerBooks booked, Bookkeeping bookkeeping, long recordsSince)
    {
        if (bookkeeping == Bookkeeping.OfWhatCameAfter)
        {
            // With what the API processes remembered from before, which they tell a ledger that has lost it.
            return LedgerJudgement.Of(booked, booked.Ids, Calls(since: null), requests, bookkeeping, recordsSince);
        }

        HashSet<Digest> ids;
        lock (_gate)
        {
            ids = [.. _ids];
        }

        ids.ExceptWith(_before.Ids);
        return LedgerJudgement.Of(booked.Since(_before), ids, Calls(_truth), requests, bookkeeping, recordsSince);
    }

    /// <summary>The upstream's calls since then, or all of them, by account.</summary>
    private Dictionary<string, long> Calls(TruthSnapshot? since) =>
        _cluster
            .Simulator.Truth.Snapshot()
            .Accounts.ToDictionary(
                static account => account.Name,
                account => account.ChatRequests - (since?.Accounts.FirstOrDefault(one => one.Name == account.Name)?.ChatRequests ?? 0)
            );

    private async Task<LedgerBooks> NoteAsync()
    {
        var booked = await LedgerBooks.ReadAsync(_cluster.RedisClient);
        lock (_gate)
        {
            _ids.UnionWith(booked.Ids);
        }

        return booked;
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookEach, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await NoteAsync();
                }
                catch (StackExchange.Redis.RedisException)
                {
                    // The ledger cannot be reached now; its records are there when it is back.
                }
                catch (TimeoutException) { }
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Waits until a value is as wanted and has not changed for some time.</summary>
    private sealed class Rest(TimeSpan quietFor)
    {
        private UsageTotals _last;
        private long _since = TimeProvider.System.GetTimestamp();

        public async Task AwaitAsync(Func<Task<UsageTotals>> read, Func<UsageTotals, bool> wanted, string what) =>
            await ClusterQuestions.UntilAsync(
                async () =>
                {
                    var now = await read();
                    if (now != _last || !wanted(now))
                    {
                        (_last, _since) = (now, TimeProvider.System.GetTimestamp());
                    }

                    return TimeProvider.System.GetElapsedTime(_since) >= quietFor ? "at rest" : null;
                },
                what
            );
    }
}
