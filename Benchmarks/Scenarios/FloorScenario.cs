using System.Globalization;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// The gateway's CPU time beside the floor: a bare relay and YARP, both with the same two upstream calls. All run at the same time, only one is under
/// load, and each round measures every one of them in turn, so that what else the machine does falls on all alike. Ratios are taken within a round.
/// </summary>
internal sealed class FloorScenario : IScenario
{
    public const string Name = "floor";

    private const int Requests = 10_000;
    private const int WarmUp = 40_000;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    private readonly Dictionary<string, List<Measurement>> _rounds = [];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        await using var relay = await RelayProcess.StartAsync(simulator.Address, cancellationToken);
        await using var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken);
        await using var gateways = await GatewaySet.StartAsync(simulator.Address, options, cancellationToken);
        Subject[] subjects =
        [
            Subject.Relay(relay, Tokens),
            Subject.Yarp(yarp, true, Tokens),
            .. gateways.All.Select(one => Subject.Gateway(one.Gateway, one.Name, true, Tokens)),
        ];
        foreach (var subject in subjects)
        {
            await Meter.WarmAsync(subject, new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? WarmUp), cancellationToken);
        }

        var plan = new LoadPlan(options.Concurrency, options.Requests ?? Requests);
        for (var round = 0; round < options.Floor.Rounds; round++)
        {
            // Each round begins with another one, so that none always follows the same neighbour.
            for (var i = 0; i < subjects.Length; i++)
            {
                var subject = subjects[(round + i) % subjects.Length];
                Add(await Meter.MeasureAsync(subject, plan, cancellationToken));
            }
        }

        await WriteAsync(report, subjects, plan, options.Floor.Rounds);
    }

    private void Add(Measurement one)
    {
        if (!_rounds.TryGetValue(one.Subject, out var rounds))
        {
            _rounds[one.Subject] = rounds = [];
        }

        rounds.Add(one);
    }

    private async Task WriteAsync(BenchmarkReport report, Subject[] subjects, LoadPlan plan, int rounds)
    {
        var (relay, yarp) = (Cpu(subjects[0]), Cpu(subjects[1]));
        var table = new MarkdownTable(
            "what",
            "CPU s/1000",
            "/ bare relay",
            "/ YARP",
            "/ first gateway",
            "right",
            "req/s",
            "first text p50 ms"
        );
        foreach (var subject in subjects)
        {
            var measured = _rounds[subject.Name];
            table.Add(
                subject.Name,
                new Spread(Cpu(subject)).Text("0.000"),
                Ratio(subject, relay),
                Ratio(subject, yarp),
                subjects.Length > 2 ? Ratio(subject, Cpu(subjects[2])) : "-",
                $"{measured.Sum(static one => one.Load.Right)} of {measured.Sum(static one => one.Load.Requests)}",
                new Spread(measured.Select(static one => one.Load.Rate)).Text("0"),
                new Spread(measured.Select(static one => one.Load.FirstText(50))).Text()
            );
        }

        await report.WriteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Tokens} tokens without delay, {plan.Concurrency} at once: median (least to most) of {rounds} rounds of {plan.Requests} requests"
            ),
            table
        );
        report.AddAllRight("floor", _rounds.Values.SelectMany(static one => one));
    }

    private double[] Cpu(Subject subject) => [.. _rounds[subject.Name].Select(static one => one.CpuPerThousand!.Value)];

    private string Ratio(Subject subject, double[] floor) =>
        new Spread(Cpu(subject).Zip(floor, static (ours, theirs) => ours / theirs)).Text();
}
