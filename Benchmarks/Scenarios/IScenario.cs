using FlowGpt.Benchmarks.Report;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>One question that the benchmarks answer. It starts what it needs and leaves nothing running.</summary>
internal interface IScenario
{
    /// <param name="options">What the command line asks for.</param>
    /// <param name="report">Where tables and bars go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken);
}
