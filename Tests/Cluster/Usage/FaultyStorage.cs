using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Storage;

namespace FlowGpt.Tests.Cluster.Usage;

/// <summary>Grain storage in memory with ETags, whose next write can be made to fail, before or after it took effect.</summary>
public sealed class FaultyStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string ETag, string Json)> _records = new();
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>What happens to the next write.</summary>
    public StorageFault NextWrite { get; set; }

    /// <summary>The only state whose writes meet <see cref="NextWrite"/>; null for all.</summary>
    public string? OnlyState { get; set; }

    /// <summary>Fails one read as soon as a write has failed.</summary>
    public bool NextReadFails { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
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
        var fault = TakeFault(stateName);
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
        return fault == StorageFault.AfterCommit ? throw new IOException("The answer was lost.") : Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _records.TryRemove(Key(stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private StorageFault TakeFault(string stateName)
    {
        if (OnlyState is not null && OnlyState != stateName)
        {
            return StorageFault.None;
        }

        var fault = NextWrite;
        NextWrite = StorageFault.None;
        return fault;
    }

    private static string Key(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
}
