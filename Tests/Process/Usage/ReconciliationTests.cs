using System.Globalization;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Truth;
using FlowGpt.Tests.Process.Faults;

namespace FlowGpt.Tests.Process.Usage;

/// <summary>Thousands of requests while silos are killed: the books against what the upstream counted, account by account.</summary>
[Trait("Category", "Process")]
public sealed class ReconciliationTests
{
    private const int Clients = 24;
    private const int Kills = 4;

    private static readonly int Requests = FaultSettings.Requests;

    [Fact]
    public async Task Ledger_AfterKillsAndDisconnects_EqualsTheUpstreamsCountsButForFlaggedEstimates()
    {
        var accounts = Enumerable
            .Range(1, 5)
            .Select(static i => new FaultAccount($"a{i}", MaxConcurrent: 200, RequestsPerMinute: 1_000_000))
            .ToArray();
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Accounts = accounts });
        using var client = cluster.Nginx.NewClient(TimeSpan.FromMinutes(1), reuse: true);
        using var admin = cluster.Nginx.NewClient(TimeSpan.FromMinutes(1), reuse: true);
        var load = new ReconciliationLoad(client, Requests, Clients);

        var run = load.RunAsync(TestContext.Current.CancellationToken);
        await KillNowAndThenAsync(cluster, load, run);
        await run;
        await cluster.MakeWholeAsync();
        await Invariants.NoSlotLeaksAsync(cluster);

        var upstream = cluster.Simulator.Truth.Snapshot();
        var (books, problem) = await SettledAsync(admin, upstream, load);
        var report = Report(load, upstream, books);
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(problem is null, $"{problem}\n{report}");
        Assert.True(load.Served > Requests / 2, report);
        Assert.True(load.CompletionTokens % load.Served == 0, report);
        Assert.True(load.Left > 0, report);
    }

    private static async Task KillNowAndThenAsync(FaultCluster cluster, ReconciliationLoad load, Task run)
    {
        var random = new Random(7);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Task.WhenAny(run, load.UntilSentAsync(Requests * kill / (Kills + 1)));
            var silo = cluster.Silos[random.Next(cluster.Silos.Count)];
            await silo.KillAsync();
            await cluster.MakeWholeAsync();
        }
    }

    /// <summary>The books once they are right; when they do not become right in time, the latest difference.</summary>
    private static async Task<(Dictionary<string, JsonNode> Books, string? Problem)> SettledAsync(
        HttpClient admin,
        TruthSnapshot upstream,
        ReconciliationLoad load
    )
    {
        var books = new Dictionary<string, JsonNode>();
        string? problem = null;
        try
        {
            await ClusterQuestions.UntilAsync(
                async () =>
                {
                    books = await BooksAsync(admin);
                    problem = Problem(upstream, load, books);
                    return problem is null ? "settled" : null;
                },
                "the books are in order"
            );
        }
        catch (TimeoutException)
        {
            problem ??= "no answer";
        }

        return (books, problem);
    }

    /// <summary>
    /// No account may have more calls booked than the upstream counted, except by estimates of that account; and what is missing over all accounts may
    /// be no more than the estimates of which the account is not known.
    /// </summary>
    private static string? Problem(TruthSnapshot upstream, ReconciliationLoad load, Dictionary<string, JsonNode> books)
    {
        var missing = 0L;
        foreach (var account in upstream.Accounts)
        {
            var booked = books.GetValueOrDefault(account.Name);
            var calls = Number(booked, "upstreamCalls");
            var difference = account.ChatRequests - calls;
            if (difference < 0 && -difference > Number(booked, "estimated"))
            {
                return $"{account.Name}: {calls} calls booked, {Number(booked, "estimated")} of them estimated, but the upstream had {account.ChatRequests}";
            }

            missing += Math.Max(0, difference);
        }

        var unknown = Number(books.GetValueOrDefault(""), "estimated");
        if (missing > unknown)
        {
            return $"{missing} calls are not booked, but only {unknown} requests are estimates without an account";
        }

        // A reply that did not reach its client whole may be booked as complete; a whole reply may be booked as incomplete only as an estimate; none is booked as
        // complete that the upstream did not complete.
        var completed = books.Values.Sum(static one => Number(one["latencySeconds"], "count"));
        var estimates = books.Values.Sum(static one => Number(one, "estimated"));
        var whole = upstream.Accounts.Sum(static account => (long)account.Completed);
        if (completed < load.Served - estimates || completed > whole)
        {
            return $"{completed} requests are booked as complete, but {load.Served} replies came whole and the upstream completed {whole}";
        }

        // Every whole reply has the same text, so its tokens are known.
        var tokens = books.Values.Sum(static one => Number(one, "outputTokens"));
        return tokens < load.CompletionTokens - (estimates * load.CompletionTokens / load.Served)
            ? $"{tokens} completion tokens are booked, but clients were told of {load.CompletionTokens}"
            : null;
    }

    private static async Task<Dictionary<string, JsonNode>> BooksAsync(HttpClient admin)
    {
        var from = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"/admin/usage?bucket_width=total&group_by=account&start_time={from}")
        );
        request.Headers.Authorization = new("Bearer", FaultCluster.AdminKey);
        using var response = await admin.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var page = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(0, (int)page["ledgersUnheard"]!);
        return page["data"]![0]!["results"]!.AsArray().ToDictionary(static one => (string)one!["account"]!, static one => one!.DeepClone());
    }

    private static long Number(JsonNode? node, string name) => node is null ? 0 : (long)node[name]!;

    private static string Report(ReconciliationLoad load, TruthSnapshot upstream, Dictionary<string, JsonNode> books) =>
        $"{load.Sent} sent: {load.Served} served, {load.Left} left, {load.Failed} failed; clients were told of {load.CompletionTokens} tokens\n"
        + string.Join(
            '\n',
            upstream.Accounts.Select(one =>
                $"{one.Name}: upstream {one.ChatRequests} calls, {one.Completed} completed, {one.CutByClient} cut, {one.PromptTokens}+{one.Fragments} words; booked {books.GetValueOrDefault(one.Name)?.ToJsonString()}"
            )
        )
        + $"\nno account: {books.GetValueOrDefault("")?.ToJsonString()}";
}
