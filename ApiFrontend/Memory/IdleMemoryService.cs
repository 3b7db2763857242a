using System.Runtime;

namespace FlowGpt.ApiFrontend.Memory;

/// <summary>Gives memory back to the system while the process is idle. The runtime alone keeps what its heap grew to, as long as nothing is allocated.</summary>
internal sealed partial class IdleMemoryService(TimeProvider time, ILogger<IdleMemoryService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var memory = new IdleMemory();
        using var timer = new PeriodicTimer(IdleMemory.Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (memory.ShouldRelease(GC.GetTotalAllocatedBytes()))
            {
                Release();
            }
        }
    }

    private void Release()
    {
        var before = GC.GetGCMemoryInfo().TotalCommittedBytes;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        // Stops all threads for some tens of milliseconds, so only an idle process does this.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        SystemHeap.GiveBack();
        var after = GC.GetGCMemoryInfo().TotalCommittedBytes;
        LogReleased(before >> 20, after >> 20);
    }

    [LoggerMessage(EventId = 6020, Level = LogLevel.Debug, Message = "Idle: the heap went from {Before} MiB to {After} MiB")]
    private partial void LogReleased(long before, long after);
}
