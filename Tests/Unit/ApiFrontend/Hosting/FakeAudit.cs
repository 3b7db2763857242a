using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>One part of an audit log, in memory.</summary>
internal sealed class FakeAudit(string key) : IAuditGrain
{
    private readonly List<AuditEntry> _entries = [];

    /// <summary>Thrown by every call while it is set.</summary>
    public Exception? Failure { get; set; }

    public ValueTask<int?> Begin(AuditEntry entry)
    {
        if (Failure is not null)
        {
            return ValueTask.FromException<int?>(Failure);
        }

        lock (_entries)
        {
            if (_entries.Count >= IAuditGrain.Capacity)
            {
                return new((int?)null);
            }

            _entries.Add(entry with { Id = $"{key}/{_entries.Count}" });
            return new(_entries.Count - 1);
        }
    }

    public ValueTask End(int position, int status)
    {
        if (Failure is not null)
        {
            return ValueTask.FromException(Failure);
        }

        lock (_entries)
        {
            _entries[position] = _entries[position] with { Status = status };
        }

        return default;
    }

    public ValueTask<AuditPart> Read()
    {
        lock (_entries)
        {
            return new(new AuditPart([.. _entries], _entries.Count >= IAuditGrain.Capacity, TimeSpan.FromDays(90)));
        }
    }
}
