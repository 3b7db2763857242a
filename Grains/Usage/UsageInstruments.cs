using System.Diagnostics.Metrics;

namespace FlowGpt.Grains.Usage;

/// <summary>Figures of booking on this silo. No label holds a key, an account or a ledger.</summary>
internal sealed class UsageInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Usage";

    private readonly Counter<long> _events;
    private readonly Counter<long> _commits;
    private readonly Histogram<double> _commitDuration;
    private readonly UpDownCounter<long> _outbox;

    public UsageInstruments(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>(
            "flowgpt.usage.events",
            "{event}",
            "Usage events of unstored responses, by result: booked or lost."
        );
        _commits = meter.CreateCounter<long>("flowgpt.usage.commits", "{write}", "Writes of ledgers, by result.");
        _commitDuration = meter.CreateHistogram<double>(
            "flowgpt.usage.commit.duration",
            "s",
            "Time that a ledger's write takes.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] }
        );
        _outbox = meter.CreateUpDownCounter<long>(
            "flowgpt.usage.outbox",
            "{event}",
            "Usage events of stored conversations in memory that are kept in their records until they are booked."
        );
        meter.CreateObservableGauge("flowgpt.usage.pending", () => Backlog.Count, "{event}", "Usage events taken and not yet booked.");
        meter.CreateObservableGauge(
            "flowgpt.usage.lag",
            () => Backlog.Age(time.GetUtcNow()).TotalSeconds,
            "s",
            "Age of the oldest usage event that is not yet booked; 0 when none waits."
        );
    }

    /// <summary>What is waiting to be booked.</summary>
    public UsageBacklog Backlog { get; } = new();

    public void Booked(int events) => _events.Add(events, new KeyValuePair<string, object?>("result", "booked"));

    public void Lost(int events) => _events.Add(events, new KeyValuePair<string, object?>("result", "lost"));

    public void Committed(TimeSpan duration)
    {
        _commits.Add(1, new KeyValuePair<string, object?>("result", "ok"));
        _commitDuration.Record(duration.TotalSeconds);
    }

    public void CommitFailed() => _commits.Add(1, new KeyValuePair<string, object?>("result", "failed"));

    /// <summary>Records by how much the outboxes of the conversations in memory have grown or shrunk.</summary>
    public void OutboxChanged(int by)
    {
        if (by != 0)
        {
            _outbox.Add(by);
        }
    }
}
