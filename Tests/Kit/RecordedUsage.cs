using System.Collections.Concurrent;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;

namespace FlowGpt.Tests.Kit;

/// <summary>Keeps every usage event of turns that are not stored.</summary>
internal sealed class RecordedUsage : IUsageRecorder
{
    public ConcurrentQueue<UsageEvent> Events { get; } = new();

    /// <summary>Thrown instead of keeping an event.</summary>
    public Exception? Fails { get; set; }

    public TimeSpan OldestWaits { get; set; }

    public void Record(UsageEvent usage)
    {
        if (Fails is { } failure)
        {
            throw failure;
        }

        Events.Enqueue(usage);
    }
}
