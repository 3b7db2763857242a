using System.Globalization;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>Puts a load on a subject and reads what it cost.</summary>
internal static class Meter
{
    private const int RestfulPeriods = 3;
    private const int MostWarmups = 12;

    // Work left over after a load that is no sign of compilation: the last grains, the last bookings.
    private const double WarmSeconds = 0.1;

    // A period with no more than this much CPU time of each process is rest; an idle silo uses a tick of the clock now and then.
    private const double RestfulSeconds = 0.021;

    private static readonly TimeSpan RestPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Warms the subject with the same shape of load, lets it come to rest, then measures.</summary>
    public static async Task<Measurement> MeasureAsync(Subject subject, LoadPlan plan, int warmup, CancellationToken cancellationToken)
    {
        await WarmAsync(subject, plan with { Requests = warmup, Duration = null }, cancellationToken);
        return await MeasureAsync(subject, plan, cancellationToken);
    }

    /// <summary>Measures the subject as it is.</summary>
    public static async Task<Measurement> MeasureAsync(Subject subject, LoadPlan plan, CancellationToken cancellationToken)
    {
        if (subject.Usage is not { } usage)
        {
            return Shown(
                new Measurement(subject.Name, plan.Concurrency, await LoadAsync(subject, plan, cancellationToken), null, null, null)
            );
        }

        var (cpuBefore, idle) = (usage.CpuSeconds(), usage.ResidentBytes());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var peak = PeakAsync(usage, stop.Token);
        var load = await LoadAsync(subject, plan, cancellationToken);
        await stop.CancelAsync();
        var peakBytes = await peak;

        // What a request leaves to be done later is part of its cost.
        await RestAsync(usage, cancellationToken);
        return Shown(new Measurement(subject.Name, plan.Concurrency, load, usage.CpuSeconds() - cpuBefore, idle, peakBytes));
    }

    /// <summary>
    /// Runs a load that nobody measures, again and again until it leaves nothing to compile. The runtime compiles hot methods up to three
    /// times, in the background, for many seconds when the machine is busy; what is measured before that is over is the compiler.
    /// </summary>
    public static async Task WarmAsync(Subject subject, LoadPlan plan, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostWarmups; i++)
        {
            await LoadAsync(subject, plan, cancellationToken);
            if (await RestAsync(subject.Usage, cancellationToken) < WarmSeconds)
            {
                return;
            }
        }
    }

    /// <summary>Runs a load once, for a process that shall have served but not grown.</summary>
    public static async Task TouchAsync(Subject subject, LoadPlan plan, CancellationToken cancellationToken)
    {
        await LoadAsync(subject, plan, cancellationToken);
        await RestAsync(subject.Usage, cancellationToken);
    }

    /// <summary>Waits until a process does nothing any more.</summary>
    /// <returns>The CPU seconds it used until then.</returns>
    public static async Task<double> RestAsync(ProcessUsage? usage, CancellationToken cancellationToken)
    {
        var quiet = 0;
        var start = usage?.CpuSeconds() ?? 0;
        var before = start;
        for (var left = LongestRest; quiet < RestfulPeriods && left > TimeSpan.Zero; left -= RestPeriod)
        {
            await Task.Delay(RestPeriod, TimeProvider.System, cancellationToken);
            var now = usage?.CpuSeconds() ?? 0;
            quiet = now - before <= RestfulSeconds * (usage?.Processes ?? 1) ? quiet + 1 : 0;
            before = now;
        }

        return before - start;
    }

    private static Task<LoadResult> LoadAsync(Subject subject, LoadPlan plan, CancellationToken cancellationToken) =>
        LoadGenerator.RunAsync(subject.MakeClient, plan, cancellationToken);

    private static async Task<long> PeakAsync(ProcessUsage usage, CancellationToken stop)
    {
        var peak = usage.ResidentBytes();
        using var timer = new PeriodicTimer(SampleEvery, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                peak = Math.Max(peak, usage.ResidentBytes());
            }
        }
        catch (OperationCanceledException)
        {
            // The load has ended.
        }

        return Math.Max(peak, usage.ResidentBytes());
    }

    /// <summary>Shows a figure as soon as it is there: a run takes minutes.</summary>
    private static Measurement Shown(Measurement one)
    {
        var load = one.Load;
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Subject}, {one.Concurrency} at once: {load.Right} of {load.Requests} right, {load.Rate:0} req/s, first text {load.FirstText(50):0.00} ms, CPU {one.CpuPerThousand:0.00} s/1000, RSS {one.IdleBytes / 1048576} to {one.PeakBytes / 1048576} MiB"
            )
        );
        if (load.FirstProblem is { } problem)
        {
            Console.Error.WriteLine($"! {load.Requests - load.Right} wrong; first: {problem}");
        }

        return one;
    }
}
