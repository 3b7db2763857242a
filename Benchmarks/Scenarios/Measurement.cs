using FlowGpt.Benchmarks.Load;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>One subject under one load.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Concurrency">Requests at once.</param>
/// <param name="Load">What the users saw.</param>
/// <param name="CpuSeconds">What the subject's process used meanwhile.</param>
/// <param name="IdleBytes">Its resident memory before.</param>
/// <param name="PeakBytes">Its largest resident memory meanwhile.</param>
internal sealed record Measurement(string Subject, int Concurrency, LoadResult Load, double? CpuSeconds, long? IdleBytes, long? PeakBytes)
{
    public double? CpuPerThousand => CpuSeconds / Load.Requests * 1000;

    public double? KibibytesPerStream => (PeakBytes - IdleBytes) / 1024.0 / Concurrency;
}
