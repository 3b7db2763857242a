using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>The usage routes over real ledgers and roll-ups.</summary>
public sealed class UsageQueryTests : IAsyncLifetime
{
    private const int Events = 5;
    private static readonly DateTimeOffset Day = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private InProcessTestCluster _cluster = null!;
    private FrontendHost _frontend = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.AddMemoryGrainStorageAsDefault();
                silo.Services.AddUsageRecording()
                    .Configure(static options =>
                    {
                        options.CommitInterval = TimeSpan.FromMilliseconds(10);
                        options.RollUpInterval = TimeSpan.FromMilliseconds(50);
                    });
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        _frontend = await FrontendHost.StartAsync(time: new FakeTimeProvider(Day.AddDays(1).AddHours(2)), cluster: _cluster.Client);
        _frontend.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);
        await BookAsync(
            Event(1, "k1", "m1", "a1", Day.AddHours(10)),
            Event(2, "k1", "m2", "a1", Day.AddHours(10)),
            Event(3, "k2", "m1", "=cmd,\"1", Day.AddHours(11)),
            Event(4, "k2", "m1", null, Day.AddHours(11)) with
            {
                ErrorKind = TurnErrorKind.NoAccountInTime,
                Usage = default,
                TimeToFirstToken = null,
            },
            Event(5, "k1", "m1", "a1", Day.AddDays(1)) with
            {
                Cancelled = true,
                Estimated = true,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _frontend.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Organization_OneDay_HasOpenAIsShape()
    {
        Assert.Equal(
            """{"object":"page","data":[{"object":"bucket","start_time":1767571200,"end_time":1767657600,"results":[{"object":"organization.usage.completions.result","input_tokens":30,"output_tokens":15,"input_cached_tokens":6,"input_audio_tokens":0,"output_audio_tokens":0,"num_model_requests":4,"project_id":null,"user_id":null,"api_key_id":null,"model":null,"batch":null,"service_tier":null}]}],"has_more":false,"next_page":null}""",
            await GetAsync("/v1/organization/usage/completions?start_time=1767571200&end_time=1767657600")
        );
    }

    [Fact]
    public async Task Organization_GroupedAndPaged_GivesEveryBucketOnce()
    {
        var path = "/organization/usage/completions?start_time=1767484800&bucket_width=1d&group_by[]=model&group_by[]=api_key_id&limit=1";
        var pages = new List<JsonNode>();
        for (string? page = ""; page is not null; page = (string?)pages[^1]["next_page"])
        {
            pages.Add(JsonNode.Parse(await GetAsync(page == "" ? path : $"{path}&page={page}"))!);
        }

        Assert.Equal([true, true, false], pages.Select(static page => (bool)page["has_more"]!));
        var results = pages.Select(static page => Assert.Single(page["data"]!.AsArray())!["results"]!.AsArray()).ToArray();
        Assert.Empty(results[0]);
        Assert.Equal(
            [("k1", "m1", 1), ("k1", "m2", 1), ("k2", "m1", 2)],
            results[1].Select(static one => ((string)one!["api_key_id"]!, (string)one["model"]!, (int)one["num_model_requests"]!))
        );
        Assert.Single(results[2]);
    }

    [Fact]
    public async Task Organization_FilteredByHour_CountsOnlyThat()
    {
        var page = JsonNode.Parse(
            await GetAsync(
                "/v1/organization/usage/completions?start_time=1767607200&end_time=1767614400&bucket_width=1h&models=m1&api_key_ids[]=k1&api_key_ids[]=k2"
            )
        )!;

        Assert.Equal(
            [(1767607200, 1), (1767610800, 2)],
            page["data"]!.AsArray().Select(static one => ((int)one!["start_time"]!, (int)one["results"]![0]!["num_model_requests"]!))
        );
    }

    [Fact]
    public async Task Admin_GroupedByAccount_HasErrorsDurationsAndCalls()
    {
        var page = JsonNode.Parse(
            await GetAsync("/admin/usage?start_time=2026-01-05&end_time=2026-01-06&group_by=account&histograms=true")
        )!;

        var results = page["data"]![0]!["results"]!.AsArray();
        Assert.Equal(["", "=cmd,\"1", "a1"], results.Select(static one => (string)one!["account"]!));
        var none = results[0]!;
        Assert.Equal(
            (1, 1, 1, 0, 0),
            (
                I(none, "requests"),
                I(none, "errors"),
                I(none["errorsByClass"]!, "noAccountInTime"),
                I(none, "upstreamCalls"),
                I(none, "inputTokens")
            )
        );
        var served = results[2]!;
        Assert.Equal(
            (2, 0, 2, 0, 20),
            (
                I(served, "requests"),
                I(served, "errors"),
                I(served, "upstreamCalls"),
                I(served, "failedUpstreamCalls"),
                I(served, "inputTokens")
            )
        );
        Assert.Equal(2.048, (double)served["latencySeconds"]!["p99"]!);
        Assert.Equal("""[{"upTo":2.048,"count":2}]""", served["latencySeconds"]!["buckets"]!.ToJsonString());
        Assert.Equal(0, I(page, "ledgersUnheard"));
    }

    [Fact]
    public async Task Admin_Total_IsOneBucketOverTheWholeTime()
    {
        var page = JsonNode.Parse(await GetAsync("/admin/usage?start_time=2026-01-01&bucket_width=total&group_by=api_key_id"))!;

        var bucket = Assert.Single(page["data"]!.AsArray())!;
        Assert.Equal(("2026-01-01T00:00:00+00:00", "2026-01-07T00:00:00+00:00"), ((string)bucket["start"]!, (string)bucket["end"]!));
        Assert.Equal(
            [("k1", 3, 1, 1), ("k2", 2, 0, 0)],
            bucket["results"]!
                .AsArray()
                .Select(static one => ((string)one!["apiKeyId"]!, I(one, "requests"), I(one, "cancelled"), I(one, "estimated")))
        );
    }

    [Fact]
    public async Task Admin_Csv_IsOneLineAGroupAndNothingASpreadsheetWouldRun()
    {
        await UntilRolledUpAsync();
        using var response = await _frontend.Client.GetAsync(
            "/admin/usage?format=csv&start_time=2026-01-01&group_by=account&bucket_width=1h&limit=24"
        );
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(
            "start,end,api_key_id,model,account,requests,cancelled,estimated,errors,upstream_calls,",
            lines[0],
            StringComparison.Ordinal
        );
        Assert.Contains("errors_no_account_in_time", lines[0], StringComparison.Ordinal);
        string[] expected =
        [
            "2026-01-05T10:00:00Z,2026-01-05T11:00:00Z,,,a1,2,0,0,0,2,0,20,10,4,2.048,",
            "2026-01-05T11:00:00Z,2026-01-05T12:00:00Z,,,,1,0,0,1,0,0,0,0,0,,,,,,,0,",
            "2026-01-05T11:00:00Z,2026-01-05T12:00:00Z,,,\"'=cmd,\"\"1\",1,",
            "2026-01-06T00:00:00Z,2026-01-06T01:00:00Z,,,a1,1,1,1,0,1,",
        ];
        Assert.Equal(expected.Length, lines.Length - 2);
        Assert.All(expected.Zip(lines[1..]), static one => Assert.StartsWith(one.First, one.Second, StringComparison.Ordinal));
        Assert.Equal("", lines[^1]);
    }

    private static int I(JsonNode node, string name) => (int)node[name]!;

    // A query may be answered from a recent result: the first query waits until everything that was booked is in its result.
    private async Task<string> GetAsync(string path)
    {
        await UntilRolledUpAsync();
        return await _frontend.Client.GetStringAsync(path);
    }

    private Task<JsonNode> UntilRolledUpAsync() =>
        Soon.Becomes(
            async () => JsonNode.Parse(await _frontend.Client.GetStringAsync("/admin/usage?start_time=2026-01-01&bucket_width=total"))!,
            static page => (int?)page["data"]![0]!["results"]!.AsArray().FirstOrDefault()?["requests"] == Events,
            "the roll-ups have all events"
        );

    private async Task BookAsync(params UsageEvent[] events)
    {
        foreach (var usage in events)
        {
            await _cluster.Client.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At)).Record(usage);
        }
    }

    private static UsageEvent Event(int number, string key, string model, string? account, DateTimeOffset at) =>
        new(
            $"chatcmpl-{number:x32}",
            key,
            model,
            account,
            at,
            new TokenUsage(10, 5, 2),
            null,
            false,
            TimeSpan.FromSeconds(0.5),
            TimeSpan.FromSeconds(2),
            Calls: account is null ? null : [account]
        );
}
