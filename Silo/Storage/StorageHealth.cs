using FlowGpt.Grains.Conversations.Sums;
using Orleans.Storage;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// Whether the storage takes the records that the product lives by. What conversations store does not count, since they may have a separate storage, which leaves
/// everything else alone when it is full. Thread-safe.
/// </summary>
internal sealed class StorageHealth(TimeProvider time)
{
    /// <summary>How long all writes must have failed.</summary>
    internal static readonly TimeSpan RefusesFor = TimeSpan.FromSeconds(5);

    /// <summary>The state that is written to find out whether writes succeed again: without requests there are no other writes.</summary>
    internal const string ProbeState = "storage-probe";

    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long? _failsSince;
    private long? _probedAt;
    private Task _probe = Task.CompletedTask;

    /// <summary>For how long every write has failed; zero when the last write succeeded.</summary>
    public TimeSpan FailsFor
    {
        get
        {
            lock (_lock)
            {
                return _failsSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Notes how a write of a record ended.</summary>
    public void Note(string stateName, bool succeeded)
    {
        if (IConversationRecords.States.Contains(stateName) || stateName == "response-list-page")
        {
            return;
        }

        lock (_lock)
        {
            _failsSince = succeeded ? null : _failsSince ?? time.GetTimestamp();
        }
    }

    /// <summary>While writes fail, tries a write from time to time; what it writes is removed again. Returns at once.</summary>
    public void Probe(IGrainStorage storage, string silo)
    {
        lock (_lock)
        {
            if (_failsSince is null || !_probe.IsCompleted || (_probedAt is { } at && time.GetElapsedTime(at) < ProbeEvery))
            {
                return;
            }

            _probedAt = time.GetTimestamp();
            _probe = ProbeAsync(storage, GrainId.Create(ProbeState, silo));
        }
    }

    private static async Task ProbeAsync(IGrainStorage storage, GrainId id)
    {
        try
        {
            var record = new GrainState<StorageProbe>();
            await storage.ReadStateAsync(ProbeState, id, record);
            record.State = new() { Text = ProbeState };
            await storage.WriteStateAsync(ProbeState, id, record);
            await storage.ClearStateAsync(ProbeState, id, record);
        }
#pragma warning disable CA1031 // The storage has noted and logged the failure.
        catch (Exception) { }
#pragma warning restore CA1031
    }

    /// <summary>Written and removed to find out whether storage takes writes.</summary>
    internal sealed class StorageProbe
    {
        public string Text { get; set; } = "";
    }
}
