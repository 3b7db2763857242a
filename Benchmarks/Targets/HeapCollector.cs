using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// Makes another .NET process collect its whole heap, through the diagnostics port that every one of them has, so that the product
/// needs no door for it. Heap-dump tools do it the same way.
/// </summary>
internal static class HeapCollector
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Collects.</summary>
    /// <returns>Bytes of the heap after it.</returns>
    /// <exception cref="TimeoutException">The process did not collect in time.</exception>
    public static async Task<long> CollectAsync(int processId, CancellationToken cancellationToken)
    {
        // Starting a session with this keyword induces a full, blocking collection.
        var keywords = ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect;
        var provider = new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Informational, (long)keywords);
        using var session = await new DiagnosticsClient(processId).StartEventPipeSessionAsync(
            provider,
            requestRundown: false,
            token: cancellationToken
        );
        var size = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() => Read(session.EventStream, size), cancellationToken);
        try
        {
            return await size.Task.WaitAsync(Deadline, TimeProvider.System, cancellationToken);
        }
        finally
        {
            await session.StopAsync(cancellationToken);
            await reading;
        }
    }

    private static void Read(Stream events, TaskCompletionSource<long> size)
    {
        using var source = new EventPipeEventSource(events);
        var full = false;
        source.Clr.GCStart += start =>
            full |= start.Depth == 2 && start.Reason == Microsoft.Diagnostics.Tracing.Parsers.Clr.GCReason.Induced;
        source.Clr.GCHeapStats += stats =>
        {
            if (full)
            {
                size.TrySetResult(stats.TotalHeapSize);
            }
        };
        source.Process();
        size.TrySetException(new TimeoutException("The process ended its events without a full collection."));
    }
}
