using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Silo.Storage;

namespace FlowGpt.Benchmarks.Many;

/// <summary>
/// How long a page of the list takes with 100,000 client keys: pages whose keys nobody has asked for yet, then the same pages again. The keys are written into the
/// storage as the product writes them, and one more is then made over HTTP.
/// </summary>
internal static class ManyKeys
{
    private const int Keys = 100_000;
    private const int PageLength = 100;
    private const int Pages = 200;

    private static readonly JsonSerializerOptions Stored = NewOptions();

    public static async Task MeasureAsync(
        SimulatorProcess simulator,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        await using var cluster = await GatewayCluster.StartAsync(
            simulator.Address,
            new ClusterShape(1, 0),
            new GatewaySettings(GatewaySettings.History) { Variables = options.Variables },
            cancellationToken
        );
        await cluster.Redis.StoreAsync(Records(TimeProvider.System.GetUtcNow()));
        using var admin = cluster.NewAdmin();
        var first = await PageAsync(admin, null, cancellationToken);
        if ((int)first.Page["total"]! != Keys)
        {
            throw new InvalidOperationException($"The list has {first.Page["total"]} keys of {Keys}.");
        }

        var table = new MarkdownTable("page of 100 keys", "p50 ms", "p99 ms", "most ms", "CPU ms");
        var unread = await WalkAsync(admin, cluster.Usage, cancellationToken);
        table.Add(["read for the first time", .. unread.Cells]);
        table.Add(["read again", .. (await WalkAsync(admin, cluster.Usage, cancellationToken)).Cells]);
        table.Add("the very first, with the list of all ids", BenchmarkReport.Text(first.Milliseconds), "-", "-", "-");
        await report.WriteAsync($"{Keys} client keys", table);
        report.Add(new Bar($"ms for a page of {Keys} client keys, p50", 50, unread.P50));
        report.Add(new Bar($"ms for a page of {Keys} client keys, p99", 50, unread.P99));
    }

    private static async Task<Figures> WalkAsync(HttpClient admin, ProcessUsage usage, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var cpu = usage.CpuSeconds();
        string? after = null;
        for (var page = 0; page < Pages; page++)
        {
            var (answer, milliseconds) = await PageAsync(admin, after, cancellationToken);
            times.Add(milliseconds);
            after = (string?)answer["next"];
            if (answer["data"]!.AsArray().Count != PageLength || after is null)
            {
                throw new InvalidOperationException($"Page {page} has {answer["data"]!.AsArray().Count} keys.");
            }
        }

        times.Sort();
        return new(times[Pages / 2], times[Pages * 99 / 100], times[^1], (usage.CpuSeconds() - cpu) / Pages * 1000);
    }

    private static async Task<(JsonNode Page, double Milliseconds)> PageAsync(
        HttpClient admin,
        string? after,
        CancellationToken cancellationToken
    )
    {
        var start = TimeProvider.System.GetTimestamp();
        var text = await admin.GetStringAsync(
            $"/admin/keys?limit={PageLength}{(after is null ? "" : $"&after={after}")}",
            cancellationToken
        );
        return (JsonNode.Parse(text)!, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
    }

    private static IEnumerable<(string Key, byte[] Json)> Records(DateTimeOffset now)
    {
        const string directory = IApiKeyDirectoryGrain.Key;
        var ids = Enumerable.Range(0, Keys).Select(IdOf).ToList();
        var pages = (Keys - 1) / ApiKeyDirectoryGrain.PageLength;
        for (var page = 0; page < pages; page++)
        {
            yield return (
                $"flowgpt/state/api-key-directory-page/{directory}/{page}/api-key-directory-page",
                Json(new ApiKeyDirectoryPage { Ids = ids.Slice(page * ApiKeyDirectoryGrain.PageLength, ApiKeyDirectoryGrain.PageLength) })
            );
        }

        yield return (
            $"flowgpt/state/api-key-directory/{directory}/api-key-directory",
            Json(new ApiKeyDirectoryState { Ids = ids[(pages * ApiKeyDirectoryGrain.PageLength)..], Pages = pages })
        );
        foreach (var id in ids)
        {
            yield return (
                $"flowgpt/state/api-key/{id}/api-key",
                Json(
                    new ApiKeyRecord
                    {
                        Hash = ApiKeyToken.Hash(id),
                        Settings = new() { Name = $"key {id}", Owner = "somebody@example.org" },
                        Version = 1,
                        CreatedAt = now,
                        UpdatedAt = now,
                    }
                )
            );
        }
    }

    private static string IdOf(int number) => number.ToString("x16", CultureInfo.InvariantCulture);

    private static byte[] Json<T>(T record) => JsonSerializer.SerializeToUtf8Bytes(record, Stored);

    private static JsonSerializerOptions NewOptions()
    {
        var options = new JsonSerializerOptions();
        StorageJson.Configure(options);
        return options;
    }

    private sealed record Figures(double P50, double P99, double Most, double Cpu)
    {
        public string[] Cells =>
            [BenchmarkReport.Text(P50), BenchmarkReport.Text(P99), BenchmarkReport.Text(Most), BenchmarkReport.Text(Cpu)];
    }
}
