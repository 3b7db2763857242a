using System.Globalization;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What it costs to stream one kept response to many readers while it is made, and how soon a client that comes back gets the next event. The response's own cost is measured
/// with one reader.
/// </summary>
internal sealed class ReadersScenario : IScenario
{
    public const string Name = "readers";

    private const int Tokens = 200;
    private const int Resumptions = 200;
    private const int Responses = 3;
    private const int WarmUps = 5;

    private static readonly int[] Readers = [1, 10, 1_000];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        using var client = new ResponsesClient(gateway);
        var table = new MarkdownTable("readers", "events", "CPU s", "events/CPU s");
        for (var i = 0; i < WarmUps; i++)
        {
            await ReadAsync(client, 50, cancellationToken);
        }

        var one = "";
        foreach (var readers in Readers)
        {
            var before = client.Usage.CpuSeconds();
            var events = 0;
            for (var i = 0; i < Responses; i++)
            {
                (var id, var read) = await ReadAsync(client, readers, cancellationToken);
                events += read;
                one = readers == 1 ? id : one;
            }

            var cpu = client.Usage.CpuSeconds() - before;
            table.Add(
                readers.ToString("N0", CultureInfo.InvariantCulture),
                events.ToString("N0", CultureInfo.InvariantCulture),
                BenchmarkReport.Text(cpu),
                BenchmarkReport.Text(events / cpu, "N0")
            );
        }

        await report.WriteAsync(
            $"{Responses} background responses of {Tokens} tokens, 10 ms apart, one after the other, each streamed while it is made",
            table
        );
        var first = new List<double>();
        var (_, resumedCpu) = await client.MeasureAsync(
            options.Requests ?? Resumptions,
            async _ =>
                first.Add(
                    (await client.StreamAsync($"/v1/responses/{one}?stream=true&starting_after=20", cancellationToken))
                        .First
                        .TotalMilliseconds
                )
        );
        first.Sort();
        var resumed = new MarkdownTable("resumed after event 20", "first event p50 ms", "p99 ms", "CPU ms");
        resumed.Add(
            "a response that has ended",
            BenchmarkReport.Text(first[first.Count / 2]),
            BenchmarkReport.Text(first[first.Count * 99 / 100]),
            BenchmarkReport.Text(resumedCpu)
        );
        await report.WriteAsync($"Coming back to a stream, {first.Count} times", resumed);
    }

    private static async Task<(string Id, int Events)> ReadAsync(ResponsesClient client, int readers, CancellationToken cancellationToken)
    {
        var body = ResponsesClient.Ask($"Tell a story [[sim: tokens={Tokens} flush per=10ms]]");
        body["background"] = true;
        var accepted = JsonNode.Parse(await client.SendAsync(HttpMethod.Post, "/v1/responses", body, cancellationToken))!;
        var id = (string)accepted["id"]!;
        var counts = await Task.WhenAll(
            Enumerable.Range(0, readers).Select(_ => client.StreamAsync($"/v1/responses/{id}?stream=true", cancellationToken))
        );
        return counts.All(count => count.Events == counts[0].Events)
            ? (id, counts.Sum(static count => count.Events))
            : throw new InvalidOperationException("Readers of one response got different numbers of events.");
    }
}
