using System.Text.Json.Nodes;
using FlowGpt.Tests.Process.Faults;
using ClusterMember = FlowGpt.Tests.Process.Faults.ClusterMember;

namespace FlowGpt.Tests.Process.Partition;

/// <summary>A silo that is cut off from the other silo and from Redis, but not from its clients nor from the upstream.</summary>
[Trait("Category", "Process")]
public sealed class PartitionTests
{
    internal static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private static readonly FaultAccount[] Accounts =
    [
        new("a1", MaxConcurrent: 4, RequestsPerMinute: 600),
        new("a2", MaxConcurrent: 4, RequestsPerMinute: 600),
        new("a3", MaxConcurrent: 4, RequestsPerMinute: 30),
    ];

    [Fact]
    public async Task Partition_OfTheSiloThatHasThePool_OthersTakeOverAndNoLimitIsExceeded()
    {
        await using var cluster = await PartitionCluster.StartAsync(Accounts);

        // The silo that runs first gets the pool.
        await cluster.Minority.StartAsync();
        await using (await StartLoadAsync(cluster.NewClient(cluster.Minority), clients: 6, seed: 7)) { }

        await cluster.Majority.StartAsync();
        await using var kept = await StartLoadAsync(cluster.NewClient(cluster.Majority), clients: 6, seed: 100);
        await using var lost = await StartLoadAsync(cluster.NewClient(cluster.Minority), clients: 3, seed: 200);
        await kept.UntilStreamsAsync(1);
        await lost.UntilStreamsAsync(1);

        Assert.True(
            HasTakenUpThePool(cluster.Minority) && !HasTakenUpThePool(cluster.Majority),
            "The pool is not where this test wants it."
        );

        var cut = TimeProvider.System.GetTimestamp();
        await cluster.CutAsync();
        await cluster.Minority.Host.WaitForOutputAsync(HasFencedItself, "the silo cut off had ended its calls");
        var fenced = TimeProvider.System.GetElapsedTime(cut);
        Assert.False(HasTakenUpThePool(cluster.Majority), "The pool was taken over before the silo cut off had ended its calls.");
        await cluster.Majority.Host.WaitForOutputAsync(
            _ => HasTakenUpThePool(cluster.Majority) ? cluster.Majority : null,
            "the pool was taken over"
        );
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"fenced after {fenced.TotalSeconds:0.0} s, taken over after {TimeProvider.System.GetElapsedTime(cut).TotalSeconds:0.0} s"
        );
        await kept.UntilSteadyAsync(cut);
        await lost.StopAsync();
        Assert.StartsWith("503 ", await ReadinessAsync(cluster), StringComparison.Ordinal);
        var healed = TimeProvider.System.GetTimestamp();
        await cluster.HealAsync();

        // The silo reads that the others have declared it dead and ends itself; a supervisor would start it again.
        await cluster.Minority.Host.WaitForExitAsync(2 * ProcessHost.Deadline);
        await cluster.Minority.StartAsync();
        await using var back = await StartLoadAsync(cluster.NewClient(cluster.Minority), clients: 3, seed: 300);
        await kept.UntilSteadyAsync(healed);
        await kept.StopAsync();
        await back.StopAsync();

        var all = kept.Requests.Concat(lost.Requests).Concat(back.Requests).ToArray();
        Report(
            Recovery.Of("a silo cut off, seen from the other", cut, kept.Requests),
            Recovery.Of("seen from the one cut off", cut, lost.Requests)
        );
        Assert.DoesNotContain(
            all,
            request => request.Outcome is LoadOutcome.Foreign or LoadOutcome.FakedEnd or LoadOutcome.Running or LoadOutcome.Hung
        );
        var truth = await cluster.TruthAsync();
        Assert.All(truth["accounts"]!.AsArray(), NoLimitWasExceeded);
        await NoLeaseIsLeftAsync(cluster);
    }

    private static Task<ContinuousLoad> StartLoadAsync(HttpClient client, int clients, int seed) =>
        ContinuousLoad.StartAsync(client, RequestTimeout, clients, seed);

    // Event 2611.
    private static string? HasFencedItself(string output) =>
        output.Contains("This silo has lost contact with its cluster", StringComparison.Ordinal) ? output : null;

    private static async Task<string> ReadinessAsync(PartitionCluster cluster)
    {
        using var client = cluster.NewClient(cluster.Minority);
        using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        return text;
    }

    // Event 2002.
    private static bool HasTakenUpThePool(ClusterMember silo) => silo.Output.Contains("\"Pool {Pool} is ready;", StringComparison.Ordinal);

    private static void NoLimitWasExceeded(JsonNode? account)
    {
        var violations = account!["violations"]!.AsObject();
        TestContext.Current.TestOutputHelper!.WriteLine($"{account["name"]}: {violations.ToJsonString()}");
        Assert.DoesNotContain(violations, static violation => (long)violation.Value! > 0);
    }

    private static async Task NoLeaseIsLeftAsync(PartitionCluster cluster)
    {
        using var client = cluster.NewClient(cluster.Majority);
        await ClusterQuestions.UntilAsync(
            async () =>
            {
                var pool = JsonNode.Parse(await client.GetStringAsync("/admin/pools/flowgpt", TestContext.Current.CancellationToken))!;
                return pool["accounts"]!.AsArray().All(static account => (int)account!["leases"]! == 0) ? pool : null;
            },
            "no lease is left"
        );
    }

    private static void Report(params Recovery[] recoveries) =>
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Recovery.Head}\n{string.Join('\n', recoveries.Select(static recovery => recovery.ToRow()))}"
        );
}
