using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What kinds of turns cost beside a plain one: kept, long enough to be checkpointed on the way, and with a tool that is emulated for a model that has none. The kinds take turns
/// on one process, round after round; ratios are taken within a round.
/// </summary>
internal sealed class TurnsScenario : IScenario
{
    public const string Name = "turns";

    private const int Rounds = 5;
    private const int Requests = 100;

    /// <summary>A reply of some 12 KiB, so three checkpoints.</summary>
    private const string Long = "Tell a story [[sim: tokens=2000 flush]]";

    private const string Tool =
        """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    private static readonly Kind[] Kinds =
    [
        new("short, not kept", () => Of("Say exactly: rain", false), null),
        new("short, kept", () => Of("Say exactly: rain", true), 0),
        new("2,000 tokens, not kept", () => Of(Long, false), null),
        new("2,000 tokens, kept and checkpointed", () => Of(Long, true), 2),
        new("an emulated call of a tool, not kept", WithTool, 0),
    ];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        using var client = new ResponsesClient(gateway);
        var costs = Kinds.Select(static _ => new List<double>()).ToArray();
        var requests = options.Requests ?? Requests;
        for (var round = -1; round < Rounds; round++)
        {
            for (var i = 0; i < Kinds.Length; i++)
            {
                var kind = Kinds[i];
                var (_, cpu) = await client.MeasureAsync(
                    requests,
                    _ => client.SendAsync(HttpMethod.Post, "/v1/responses", kind.Make(), cancellationToken)
                );
                if (round >= 0)
                {
                    costs[i].Add(cpu);
                }
            }
        }

        var table = new MarkdownTable("turn", "CPU ms", "beside", "ratio, median", "least", "most");
        for (var i = 0; i < Kinds.Length; i++)
        {
            var ratios = Kinds[i].Beside is { } other
                ? costs[i].Zip(costs[other], static (one, plain) => one / plain).Order().ToArray()
                : null;
            table.Add(
                Kinds[i].Name,
                BenchmarkReport.Text(costs[i].Order().ElementAt(Rounds / 2)),
                Kinds[i].Beside is { } named ? Kinds[named].Name : "-",
                BenchmarkReport.Text(ratios?[Rounds / 2]),
                BenchmarkReport.Text(ratios?[0]),
                BenchmarkReport.Text(ratios?[^1])
            );
        }

        await report.WriteAsync($"Kinds of turns by Responses, one at a time, {Rounds} rounds of {requests}", table);
    }

    private static JsonObject Of(string input, bool isKept)
    {
        var body = ResponsesClient.Ask(input);
        body["store"] = isKept;
        return body;
    }

    private static JsonObject WithTool()
    {
        var body = Of("Use get_weather for Oslo", false);
        body["tools"] = new JsonArray(JsonNode.Parse(Tool));
        return body;
    }

    private sealed record Kind(string Name, Func<JsonObject> Make, int? Beside);
}
