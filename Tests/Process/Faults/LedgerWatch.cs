using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Follows the books of one scenario: from what they and the upstream's counts were before it, by every id that is ever booked, to the judgement of
/// <see cref="LedgerJudgement"/>.
/// </summary>
internal sealed class LedgerWatch : IAsyncDisposable
{
    /// <summary>Far shorter than a ledger remembers an id.</summary>
    private static readonly TimeSpan LookEach = TimeSpan.FromSeconds(10);

    /// <summary>Longer than a frontend waits before it tells of the turns that a silo took with it.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(5);

    private readonly FaultCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<UInt128> _ids = [];
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

    /// <summary>Begins with a cluster that nobody uses, once its books have come to rest.</summary>
    public static async Task<LedgerWatch> StartAsync(FaultCluster cluster)
    {
        LedgerBooks? before = null;
        await new Rest(QuietFor).AwaitAsync(
            async () => (before = await LedgerBooks.ReadAsync(cluster.RedisClient)).Totals,
            static _ => true,
            "the books come to rest"
        );
        return new LedgerWatch(cluster, before!);
    }

    /// <summary>Returns when the books are as they must be and stay so; fails with what is wrong with them.</summary>
    /// <param name="load">Stopped.</param>
    /// <param name="bookkeeping">How exact.</param>
    /// <param name="recordsSince">When Redis was back without its records.</param>
    public async Task<LedgerJudgement> JudgeAsync(ContinuousLoad load, Bookkeeping bookkeeping, long recordsSince)
    {
        var judgement = LedgerJudgement.None;
        try
        {
            await new Rest(QuietFor).AwaitAsync(
                async () =>
                {
                    var booked = await NoteAsync();
                    judgement = Judge(load, booked, bookkeeping, recordsSince);
                    return booked.Totals;
                },
                _ => judgement.Problem is null,
                "the books are in order"
            );
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

    private LedgerJudgement Judge(ContinuousLoad load, LedgerBooks booked, Bookkeeping bookkeeping, long recordsSince)
    {
        if (bookkeeping == Bookkeeping.OfWhatCameAfter)
        {
            // With what the API processes remembered from before, which they tell a ledger that has lost it.
            return LedgerJudgement.Of(booked, booked.Ids, Calls(since: null), load.Requests, bookkeeping, recordsSince);
        }

        HashSet<UInt128> ids;
        lock (_gate)
        {
            ids = [.. _ids];
        }

        ids.ExceptWith(_before.Ids);
        return LedgerJudgement.Of(booked.Since(_before), ids, Calls(_truth), load.Requests, bookkeeping, recordsSince);
    }

    /// <summary>What the upstream was asked since then, or ever, by account.</summary>
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
                    // It is away just now; what it keeps is there when it is back.
                }
                catch (TimeoutException) { }
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Waits until something is as wanted and has not changed for a while.</summary>
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
