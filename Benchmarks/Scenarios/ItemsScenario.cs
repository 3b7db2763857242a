using System.Globalization;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a stored conversation costs as it grows: a turn, one more item, and a page of the list, at 10 to 5,000 items. The context that goes upstream is as long each time: the
/// model's window cuts it.
/// </summary>
internal sealed class ItemsScenario : IScenario
{
    public const string Name = "items";

    private const int Repetitions = 60;
    private const int AddedAtOnce = 20;

    /// <summary>Long enough for the model's window to be full at 1,000 items.</summary>
    private const string Text =
        "One of many items of a long conversation, with some words in it so that it is as long as what people write.";

    private static readonly int[] Sizes = [10, 100, 1_000, 5_000];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        using var client = new ResponsesClient(gateway);
        var warm = await CreateAsync(client, 1_000, cancellationToken);
        await MeasureAsync(client, warm, Math.Min(options.Warmup, 200), cancellationToken);
        var table = new MarkdownTable("items", "turn ms", "CPU ms", "append ms", "CPU ms", "first page ms", "CPU ms");
        var turns = new List<double>();
        foreach (var size in Sizes)
        {
            var conversation = await CreateAsync(client, size, cancellationToken);
            var (turn, append, page) = await MeasureAsync(client, conversation, options.Requests ?? Repetitions, cancellationToken);
            turns.Add(turn.Cpu);
            table.Add(
                size.ToString("N0", CultureInfo.InvariantCulture),
                BenchmarkReport.Text(turn.Median),
                BenchmarkReport.Text(turn.Cpu),
                BenchmarkReport.Text(append.Median),
                BenchmarkReport.Text(append.Cpu),
                BenchmarkReport.Text(page.Median),
                BenchmarkReport.Text(page.Cpu)
            );
        }

        await report.WriteAsync($"Long conversations, one request at a time, medians of {options.Requests ?? Repetitions}", table);
        report.Add(new Bar("CPU of a turn at 5,000 items / at 1,000", 1.5, turns[^1] / turns[^2]));
    }

    private static async Task<string> CreateAsync(ResponsesClient client, int size, CancellationToken cancellationToken)
    {
        var created = await client.SendAsync(HttpMethod.Post, "/v1/conversations", [], cancellationToken);
        var id = (string)JsonNode.Parse(created)!["id"]!;
        for (var left = size; left > 0; left -= AddedAtOnce)
        {
            var items = Enumerable.Range(0, Math.Min(left, AddedAtOnce)).Select(static _ => ResponsesClient.Message(Text));
            await AddAsync(client, id, items, cancellationToken);
        }

        return id;
    }

    private static Task<string> AddAsync(
        ResponsesClient client,
        string id,
        IEnumerable<JsonObject> items,
        CancellationToken cancellationToken
    ) =>
        client.SendAsync(
            HttpMethod.Post,
            $"/v1/conversations/{id}/items",
            new JsonObject { ["items"] = new JsonArray([.. items]) },
            cancellationToken
        );

    private static async Task<(
        (double Median, double Cpu) Turn,
        (double Median, double Cpu) Append,
        (double Median, double Cpu) Page
    )> MeasureAsync(ResponsesClient client, string id, int times, CancellationToken cancellationToken)
    {
        var page = await client.MeasureAsync(
            times,
            _ => client.SendAsync(HttpMethod.Get, $"/v1/conversations/{id}/items?limit=20", null, cancellationToken)
        );
        var append = await client.MeasureAsync(times, _ => AddAsync(client, id, [ResponsesClient.Message(Text)], cancellationToken));
        var body = ResponsesClient.Ask("Go on");
        (body["conversation"], body["truncation"]) = (id, "auto");
        // The first turn reads what the conversation has.
        await client.SendAsync(HttpMethod.Post, "/v1/responses", body, cancellationToken);
        var turn = await client.MeasureAsync(times, _ => client.SendAsync(HttpMethod.Post, "/v1/responses", body, cancellationToken));
        return (turn, append, page);
    }
}
