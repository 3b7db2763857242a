using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Silo.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace FlowGpt.Tests.Unit.Storage;

/// <summary>When a process reports that its storage refuses writes.</summary>
public sealed class StorageHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FullStorage _full = new();
    private readonly StorageHealth _health;
    private readonly StorageBoundary _storage;

    public StorageHealthTests()
    {
        _health = new(_time);
        _storage = new(_full, _health, NullLogger<StorageBoundary>.Instance);
    }

    [Fact]
    public async Task FailsFor_WritesThatFail_CountsFromTheFirstOneUntilOneSucceeds()
    {
        _full.IsFull = true;
        await WriteAsync("ledger");
        _time.Advance(TimeSpan.FromSeconds(6));
        await WriteAsync("pool");

        Assert.Equal(TimeSpan.FromSeconds(6), _health.FailsFor);
        _full.IsFull = false;
        await WriteAsync("pool");
        Assert.Equal(TimeSpan.Zero, _health.FailsFor);
    }

    [Theory]
    [InlineData("conversation")]
    [InlineData("conversation-page")]
    [InlineData("response")]
    [InlineData("response-chunk")]
    [InlineData("response-input")]
    [InlineData("response-list-page")]
    public async Task FailsFor_WhatClientsStore_DoesNotCount(string state)
    {
        _full.IsFull = true;
        await WriteAsync(state);
        _time.Advance(StorageHealth.RefusesFor);

        Assert.Equal(TimeSpan.Zero, _health.FailsFor);
    }

    [Fact]
    public async Task Probe_OnceThereIsRoomAgain_EndsItWithoutARequestAndLeavesNothing()
    {
        _full.IsFull = true;
        await WriteAsync("pool");
        _health.Probe(_storage, "silo");
        Assert.Equal(2, _full.Writes);
        _full.IsFull = false;

        _health.Probe(_storage, "silo");
        Assert.Equal(2, _full.Writes);
        _time.Advance(TimeSpan.FromSeconds(2));
        _health.Probe(_storage, "silo");

        Assert.Equal((TimeSpan.Zero, 3, 1), (_health.FailsFor, _full.Writes, _full.Removals));
        _time.Advance(TimeSpan.FromSeconds(2));
        _health.Probe(_storage, "silo");
        Assert.Equal(3, _full.Writes);
    }

    private async Task WriteAsync(string state)
    {
        var write = _storage.WriteStateAsync(state, GrainId.Create(state, "1"), new GrainState<object>(new()));
        if (_full.IsFull)
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => write);
        }
        else
        {
            await write;
        }
    }

    private sealed class FullStorage : IGrainStorage
    {
        public bool IsFull { get; set; }

        public int Writes { get; private set; }

        public int Removals { get; private set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Writes++;
            return IsFull ? Task.FromException(new InvalidOperationException("OOM command not allowed")) : Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Removals++;
            return Task.CompletedTask;
        }
    }
}
