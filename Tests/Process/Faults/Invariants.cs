using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>What must hold of a cluster whatever was done to it, by the upstream's own counts. The load must have ended.</summary>
internal static class Invariants
{
    /// <summary>All of them.</summary>
    /// <param name="cluster">Whole again.</param>
    /// <param name="load">Stopped.</param>
    /// <param name="booked">The ledger's totals before the load; null when its records were lost.</param>
    /// <param name="lost">Most requests whose usage may have been lost with the silos that died.</param>
    public static async Task HoldAsync(FaultCluster cluster, ContinuousLoad load, UsageTotals? booked, int lost)
    {
        EveryReplyIsItsOwn(load);
        NoAccountIsOverALimit(cluster);
        await NoSlotLeaksAsync(cluster);
        if (booked is { } before)
        {
            await LedgerEqualsWhatWasServedAsync(cluster, load, before, lost);
        }

        NoLogNamesASecret(cluster, load);
        Assert.Empty(await RedisKeys.UnknownAsync(cluster.Redis));
    }

    /// <summary>No client got a character that is another's, and no reply that was cut looks whole.</summary>
    public static void EveryReplyIsItsOwn(ContinuousLoad load) =>
        Assert.DoesNotContain(
            load.Requests,
            request => request.Outcome is LoadOutcome.Foreign or LoadOutcome.FakedEnd or LoadOutcome.Running
        );

    /// <summary>As the simulator counts, in every window and at every moment since it started.</summary>
    public static void NoAccountIsOverALimit(FaultCluster cluster) =>
        Assert.All(
            cluster.Simulator.Truth.Snapshot().Accounts,
            account => Assert.True(account.TotalViolations == 0, $"{account.Name}: {string.Join(", ", account.Violations)}")
        );

    /// <summary>Nothing is in flight, so there are no leases; those of the dead end within their time.</summary>
    public static async Task NoSlotLeaksAsync(FaultCluster cluster)
    {
        await cluster
            .Simulator.Truth.WaitUntilAsync(static truth => truth.Accounts.All(static account => account.Open == 0), Deadline())
            .WaitAsync(FaultCluster.Deadline);
        await ClusterQuestions.UntilAsync(
            async () =>
            {
                var pool = await cluster.Pool.GetSnapshot();
                return pool.Queued == 0 && pool.Accounts.All(static account => account.Leases == 0) ? pool : null;
            },
            "no lease is left"
        );
    }

    /// <summary>
    /// Every reply that a client got whole is booked, except for those that were being booked when a silo died; nothing that never reached the
    /// upstream is booked as served.
    /// </summary>
    public static async Task LedgerEqualsWhatWasServedAsync(FaultCluster cluster, ContinuousLoad load, UsageTotals before, int lost)
    {
        var served = load.Requests.Count(static request => request.IsServed);
        await ClusterQuestions.UntilAsync(
            async () => (await BookedAsync(cluster)).Requests - before.Requests >= served - lost ? "booked" : null,
            $"at least {served} - {lost} replies are booked"
        );
        var booked = await BookedAsync(cluster);
        var succeeded = booked.Requests - booked.Errors - (before.Requests - before.Errors);
        var upstream = cluster.Simulator.Truth.Snapshot().Accounts.Sum(static account => account.Accepted);
        Assert.InRange(succeeded, served - lost, upstream);
    }

    /// <summary>Neither keys and tokens nor prompts and replies are in any process's output.</summary>
    public static void NoLogNamesASecret(FaultCluster cluster, ContinuousLoad load)
    {
        foreach (var member in cluster.Silos.Concat(cluster.Frontends))
        {
            var output = member.Output;
            foreach (var secret in cluster.Secrets.Append(load.Marker))
            {
                var at = output.IndexOf(secret, StringComparison.Ordinal);
                Assert.True(
                    at < 0,
                    $"{member.Name} wrote a secret: …{output.AsSpan(Math.Max(0, at - 300), Math.Min(300, Math.Max(0, at)))}…"
                );
            }
        }
    }

    /// <summary>The ledger's totals of the load's key, for this hour and the one before it.</summary>
    public static async Task<UsageTotals> BookedAsync(FaultCluster cluster)
    {
        var now = TimeProvider.System.GetUtcNow();
        var hours = new[] { now.AddHours(-1), now }.Select(hour => IUsageLedgerGrain.KeyOf("master", hour));
        var totals = new List<UsageTotals>();
        foreach (var ledger in hours.Select(key => cluster.Grains.GetGrain<IUsageLedgerGrain>(key)))
        {
            totals.Add((UsageTotals)await ClusterQuestions.UntilAsync<object>(async () => await ledger.GetTotals(), "the ledger answers"));
        }

        return new UsageTotals(
            totals.Sum(static total => total.Requests),
            totals.Sum(static total => total.Errors),
            totals.Sum(static total => total.Estimated),
            totals.Sum(static total => total.PromptTokens),
            totals.Sum(static total => total.CompletionTokens),
            totals.Sum(static total => total.CachedTokens)
        );
    }

    private static CancellationToken Deadline() => TestContext.Current.CancellationToken;
}
