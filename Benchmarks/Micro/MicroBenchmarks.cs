using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>Runs the benchmarks of single steps with BenchmarkDotNet, in this process: nothing needs to be built for it.</summary>
internal static class MicroBenchmarks
{
    public const string Verb = "micro";

    /// <param name="arguments">BenchmarkDotNet's own; none runs all.</param>
    public static int Run(string[] arguments)
    {
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        var summaries = BenchmarkSwitcher
            .FromAssembly(typeof(MicroBenchmarks).Assembly)
            .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
