using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Storage;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>Grain storage in memory with ETags, whose next write can be made to fail, before or after it took effect.</summary>
public sealed class FaultyStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string ETag, string Json)> _records = new();
    private readonly Lock _crash = new();
    private int _writes;
    private int _writesUntilCrash;
    private StorageFault _crashFault;

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>What happens to the next write.</summary>
    public StorageFault NextWrite { get; set; }

    /// <summary>The only state to whose writes <see cref="NextWrite"/> applies; null for all.</summary>
    public string? OnlyState { get; set; }

    /// <summary>The only grain, by its key, to whose writes <see cref="NextWrite"/> applies; null for all.</summary>
    public string? OnlyGrain { get; set; }

    /// <summary>What writes of a state, or of one grain's (<c>state/grain id</c>), wait for before they take effect; nothing waits unless it is set.</summary>
    public (string State, Task Until)? Hold { get; set; }

    /// <summary>Fails one read as soon as a write has failed.</summary>
    public bool NextReadFails { get; set; }

    /// <summary>Whether the storage no longer answers, as for a process that has died.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Stops to answer at the given write from now on, counted from 1: before the write takes effect or after.</summary>
    public void CrashAt(int write, StorageFault fault) => (_writesUntilCrash, _crashFault) = (write, fault);

    /// <summary>Stops to answer at once.</summary>
    public void Crash() => HasCrashed = true;

    /// <summary>Answers again, for the next process.</summary>
    public void Restart() => (HasCrashed, _writesUntilCrash) = (false, 0);

    /// <summary>Every record of a state.</summary>
    public IReadOnlyList<T> Records<T>(string stateName) =>
        [
            .. _records
                .Where(record => record.Key.StartsWith(stateName + "/", StringComparison.Ordinal))
                .Select(static record => JsonSerializer.Deserialize<T>(record.Value.Json)!),
        ];

    /// <summary>Deletes every record.</summary>
    public void Lose() => _records.Clear();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfCrashed();
        if (NextReadFails && NextWrite == StorageFault.None)
        {
            NextReadFails = false;
            throw new IOException("The disk is gone.");
        }

        grainState.RecordExists = _records.TryGetValue(Key(stateName, grainId), out var record);
        grainState.ETag = record.ETag;
        grainState.State = grainState.RecordExists ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        return Hold is { } hold && (hold.State == stateName || hold.State == Key(stateName, grainId))
            ? WriteThen(hold.Until)
            : WriteNow(stateName, grainId, grainState);

        async Task WriteThen(Task until)
        {
            await until;
            await WriteNow(stateName, grainId, grainState);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _records.TryRemove(Key(stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private Task WriteNow<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var fault = TakeFault(stateName, grainId);
        ThrowIfCrashed();
        if (fault == StorageFault.BeforeCommit)
        {
            throw new IOException("The disk is full.");
        }

        var key = Key(stateName, grainId);
        var stored = _records.TryGetValue(key, out var record) ? record.ETag : null;
        if (stored != grainState.ETag)
        {
            throw new InconsistentStateException("The record has changed.", stored, grainState.ETag);
        }

        grainState.ETag = Interlocked.Increment(ref _writes).ToString();
        grainState.RecordExists = true;
        _records[key] = (grainState.ETag, JsonSerializer.Serialize(grainState.State));
        CrashAfterWrite();
        ThrowIfCrashed();
        return fault == StorageFault.AfterCommit ? throw new IOException("The answer was lost.") : Task.CompletedTask;
    }

    private void ThrowIfCrashed()
    {
        if (HasCrashed)
        {
            throw new IOException("The process has died.");
        }
    }

    private void CrashAfterWrite()
    {
        lock (_crash)
        {
            HasCrashed |= _writesUntilCrash == 1 && _crashFault == StorageFault.AfterCommit;
            _writesUntilCrash--;
        }
    }

    private StorageFault TakeFault(string stateName, GrainId grainId)
    {
        lock (_crash)
        {
            HasCrashed |= _writesUntilCrash == 1 && _crashFault == StorageFault.BeforeCommit;
        }

        if ((OnlyState is not null && OnlyState != stateName) || (OnlyGrain is not null && OnlyGrain != grainId.Key.ToString()))
        {
            return StorageFault.None;
        }

        var fault = NextWrite;
        NextWrite = StorageFault.None;
        return fault;
    }

    private static string Key(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
}
