using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>Subjects that were measured in turn, round after round, so that what else the machine does falls on all alike.</summary>
/// <param name="subjects">The first is what bars are about, the others are what its cost is divided by.</param>
internal sealed class Paired(params Subject[] subjects)
{
    private readonly List<Measurement>[] _rounds = [.. subjects.Select(static _ => new List<Measurement>())];

    /// <summary>Every measurement.</summary>
    public IEnumerable<Measurement> All => _rounds.SelectMany(static one => one);

    /// <summary>Warms each subject with a load that is not measured.</summary>
    public async Task WarmAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        foreach (var subject in subjects)
        {
            await Meter.WarmAsync(subject, plan, cancellationToken);
        }
    }

    /// <summary>Measures each subject once a round. Each round begins with another one.</summary>
    public async Task MeasureAsync(int rounds, LoadPlan plan, CancellationToken cancellationToken)
    {
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < subjects.Length; i++)
            {
                var at = (round + i) % subjects.Length;
                _rounds[at].Add(await Meter.MeasureAsync(subjects[at], plan, cancellationToken));
            }
        }
    }

    /// <summary>The CPU seconds of a subject, by default the first, divided by another one's, of each round.</summary>
    public Spread RatioTo(int other, int one = 0) => Ratio(_rounds[one], _rounds[other]);

    /// <summary>A figure of a subject, by default the first, of each round.</summary>
    public Spread Of(Func<Measurement, double> figure, int one = 0) => new(_rounds[one].Select(figure));

    /// <summary>Adds a row for each subject: its CPU, that divided by the last subject's, and by the first subject's.</summary>
    public void AddRows(MarkdownTable table)
    {
        for (var i = 0; i < subjects.Length; i++)
        {
            table.Add(
                subjects[i].Name,
                Of(static one => one.CpuPerThousand!.Value, i).Text("0.000"),
                RatioTo(subjects.Length - 1, i).Text(),
                RatioTo(0, i).Text()
            );
        }
    }

    private static Spread Ratio(List<Measurement> ours, List<Measurement> theirs) =>
        new(ours.Zip(theirs, static (one, other) => one.CpuPerThousand!.Value / other.CpuPerThousand!.Value));
}
