using FlowGpt.Tests.Process.Storage;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>What must be true of a cluster after every fault, by the upstream's counts. The load must have ended.</summary>
internal static class Invariants
{
    private const int Held = 5;

    /// <summary>All of them but those of the books, which <see cref="LedgerWatch"/> judges.</summary>
    /// <param name="cluster">Whole again.</param>
    /// <param name="load">Stopped.</param>
    /// <returns>The requests that were sent to find out.</returns>
    public static async Task<IReadOnlyList<LoadRequest>> HoldAsync(FaultCluster cluster, ContinuousLoad load)
    {
        EveryReplyIsItsOwn(load);
        await NoSlotLeaksAsync(cluster);
        var held = await LeasesAreStreamsInFlightAsync(cluster);
        NoAccountIsOverALimit(cluster);
        NoLogNamesASecret(cluster, load);
        Assert.Empty(await RedisLayout.ProblemsAsync(cluster.RedisClient));
        return held;
    }

    /// <summary>No client got a character of another's reply, and no reply that was cut looks whole.</summary>
    public static void EveryReplyIsItsOwn(ContinuousLoad load) =>
        Assert.DoesNotContain(
            load.Requests,
            request => request.Outcome is LoadOutcome.Foreign or LoadOutcome.FakedEnd or LoadOutcome.Running
        );

    /// <summary>No limit was exceeded in any window or at any moment, by the simulator's counts since its start.</summary>
    public static void NoAccountIsOverALimit(FaultCluster cluster) =>
        Assert.All(
            cluster.Simulator.Truth.Snapshot().Accounts,
            account => Assert.True(account.TotalViolations == 0, $"{account.Name}: {string.Join(", ", account.Violations)}")
        );

    /// <summary>Nothing is in flight, so there are no leases; leases of dead processes end within their time.</summary>
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

    /// <summary>As many streams as are begun now are in flight upstream, and hold a lease each; once their clients have left, none does.</summary>
    /// <returns>These streams.</returns>
    public static async Task<IReadOnlyList<LoadRequest>> LeasesAreStreamsInFlightAsync(FaultCluster cluster)
    {
        using var client = cluster.Nginx.NewClient(Timeout.InfiniteTimeSpan, reuse: false);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Deadline());
        var requests = Enumerable
            .Range(0, Held)
            .Select(static i => new LoadRequest($"held{i}", $"held-{i}", LoadKind.LongStream, 100, 200))
            .ToArray();
        var streams = requests.Select(request => LeaveAsync(client, request, leave.Token)).ToArray();

        await ClusterQuestions.UntilAsync(
            async () =>
            {
                var leases = (await cluster.Pool.GetSnapshot()).Accounts.Sum(static account => account.Leases);
                return leases == Held && cluster.Simulator.Truth.Snapshot().OpenStreams == Held ? "equal" : null;
            },
            $"{Held} streams are in flight and hold {Held} leases"
        );
        await leave.CancelAsync();
        await Task.WhenAll(streams);
        await NoSlotLeaksAsync(cluster);
        return requests;
    }

    /// <summary>Neither keys and tokens nor prompts and replies are in any process's output.</summary>
    public static void NoLogNamesASecret(FaultCluster cluster, ContinuousLoad load)
    {
        var outputs = cluster
            .Silos.Concat(cluster.Frontends)
            .Select(static member => (member.Name, member.Output))
            .Append(("nginx", cluster.Nginx.Errors() + string.Join('\n', cluster.Nginx.Requests)))
            .Append(("Redis", cluster.Redis.Host.Output));
        foreach (var (name, output) in outputs)
        {
            foreach (var secret in cluster.Secrets.Append(load.Marker))
            {
                var at = output.IndexOf(secret, StringComparison.Ordinal);
                Assert.True(at < 0, $"{name} wrote a secret: …{output.AsSpan(Math.Max(0, at - 300), Math.Min(300, Math.Max(0, at)))}…");
            }
        }
    }

    private static async Task LeaveAsync(HttpClient client, LoadRequest request, CancellationToken leave)
    {
        try
        {
            await LoadClient.SendAsync(client, request, static () => { }, leave);
        }
        catch (OperationCanceledException)
        {
            request.End(LoadOutcome.Left);
        }
    }

    private static CancellationToken Deadline() => TestContext.Current.CancellationToken;
}
