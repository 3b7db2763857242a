using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Delivers the usage of unstored turns to their ledgers in the background, so that a stream never waits for a write. Stored turns have an outbox
/// in their own record instead. One a process; thread-safe; may be called from a grain.
/// </summary>
public interface IUsageRecorder
{
    /// <summary>
    /// Takes the event and returns at once. It is delivered at least once and booked once; a ledger that cannot be reached is
    /// tried again for 90 s, then the event is given up and logged. An orderly stop delivers what was
    /// taken; a crash loses what was not yet booked, normally the last 100 ms.
    /// </summary>
    void Record(UsageEvent usage);

    /// <summary>How long the oldest event that is not booked has been waiting, in whole seconds; zero when none waits.</summary>
    TimeSpan OldestWaits { get; }
}
