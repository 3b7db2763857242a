using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Usage;
using FlowGpt.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>Records in the data file are deleted after their retention, and no others.</summary>
public sealed class RecordRetentionTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private EmbeddedSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await EmbeddedSilo.StartAsync(_directory.Path);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(29.9, "conversation/one, ledger/one, pool/one, usage-day/one, usage-hour-00/one, usage-hour-23/one")]
    [InlineData(30.1, "ledger/one, pool/one, usage-day/one, usage-hour-00/one, usage-hour-23/one")]
    [InlineData(399.9, "ledger/one, pool/one, usage-day/one, usage-hour-00/one, usage-hour-23/one")]
    [InlineData(400.1, "pool/one")]
    public async Task Sweep_DaysAfterTheLastWrite_RemovesWhatIsOverItsTime(double days, string left)
    {
        await WriteAsync("conversation", "one");
        await WriteAsync("ledger", "one");
        await WriteAsync("usage-day", "one");
        await WriteAsync("usage-hour-00", "one");
        await WriteAsync("usage-hour-23", "one");
        await WriteAsync("pool", "one");

        var removed = await SweepAsync(days);

        Assert.Equal(left, string.Join(", ", Records()));
        Assert.Equal(6, removed + Records().Count);
    }

    [Fact]
    public async Task Sweep_OfMoreThanItTakesAtOnce_RemovesThemAll()
    {
        for (var i = 0; i < 450; i++)
        {
            await WriteAsync("conversation", $"c{i}");
        }

        Assert.Equal(450, await SweepAsync(31));
        Assert.Empty(Records());
    }

    [Fact]
    public async Task Sweep_WithRetentionForEver_RemovesNothing()
    {
        _silo.Services.GetRequiredService<IOptions<ConversationOptions>>().Value.Retention = TimeSpan.Zero;
        await WriteAsync("conversation", "old");

        Assert.Equal(0, await SweepAsync(4000));
    }

    /// <summary>Roll-ups have their own retention: ledgers may be deleted earlier.</summary>
    [Fact]
    public async Task Sweep_WithRollUpsKeptLongerThanLedgers_LeavesTheRollUps()
    {
        _silo.Services.GetRequiredService<IOptions<UsageOptions>>().Value.RollUpRetention = TimeSpan.FromDays(800);
        await WriteAsync("ledger", "one");
        await WriteAsync("usage-hour-07", "one");

        await SweepAsync(500);

        Assert.Equal(["usage-hour-07/one"], Records());
    }

    /// <summary>An activation whose record was deleted must not write the record again from memory.</summary>
    [Fact]
    public async Task Write_ByWhoReadTheRecordBeforeItWasRemoved_IsRefused()
    {
        var state = await WriteAsync("conversation", "removed");
        await SweepAsync(31);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _silo.Storage.WriteStateAsync("conversation", Grain("removed"), state));
    }

    /// <summary>A start whose clock is 500 days ahead, with a second one right after it.</summary>
    [Fact]
    public async Task Sweep_ByAClockFarAhead_RemovesNothing()
    {
        var now = TimeProvider.System.GetUtcNow();
        await WriteAsync("conversation", "one");
        await WriteAsync("ledger", "one");

        Assert.Equal(0, await SweepAsync(Start(500, newest: now)));
        Assert.Equal(0, await SweepAsync(Start(500, newest: now.AddDays(500))));
        // The clock is right again: the note of the wrong time is ignored.
        Assert.Equal(0, await SweepAsync(Start(0.1, newest: now.AddDays(500))));
        Assert.Equal(0, await SweepAsync(Start(2, newest: now)));

        Assert.Equal(["conversation/one", "ledger/one"], Records());
    }

    /// <summary>One start writes the note, a later one deletes: the process need not run for a whole day.</summary>
    [Fact]
    public async Task Sweep_ByASecondStartADayLater_Removes()
    {
        var now = TimeProvider.System.GetUtcNow();
        await WriteAsync("conversation", "one");

        Assert.Equal(0, await SweepAsync(Start(31, newest: now.AddDays(20))));
        Assert.Equal(0, await SweepAsync(Start(31.9, newest: now.AddDays(31))));
        Assert.Equal(1, await SweepAsync(Start(32.1, newest: now.AddDays(31))));
    }

    [Fact]
    public async Task Sweep_WhatIsWrittenAfterTheNote_Stays()
    {
        await WriteAsync("conversation", "one");
        var (retention, time) = Start(31, newest: null);
        Assert.Equal(0, await retention.SweepAsync(TestContext.Current.CancellationToken));
        await ExecuteAsync($"UPDATE GrainState SET ModifiedAt = '{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}'");
        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, await retention.SweepAsync(TestContext.Current.CancellationToken));
    }

    // Makes the test's clock pass these days, in a process that runs for the day between the note and the deletion.
    private async Task<int> SweepAsync(double days)
    {
        var (retention, time) = Start(days, newest: null);
        Assert.Equal(0, await retention.SweepAsync(TestContext.Current.CancellationToken));
        time.Advance(TimeSpan.FromDays(1));
        return await retention.SweepAsync(TestContext.Current.CancellationToken);
    }

    private static Task<int> SweepAsync((RecordRetention Retention, FakeTimeProvider Time) start) =>
        start.Retention.SweepAsync(TestContext.Current.CancellationToken);

    private (RecordRetention Retention, FakeTimeProvider Time) Start(double days, DateTimeOffset? newest)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(days));
        var source = _silo.Services.GetRequiredService<SqliteDataSource>();
        return (new(source, new ClockTrust(newest), _silo.Services, time, NullLogger<RecordRetention>.Instance), time);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory.File("flowgpt.db")};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<GrainState<StoredRecord>> WriteAsync(string type, string key)
    {
        var state = new GrainState<StoredRecord>(new StoredRecord { Text = key });
        await _silo.Storage.WriteStateAsync(type, Grain(key), state);
        return state;
    }

    private List<string> Records() => Query("SELECT GrainType || '/' || KeyText FROM GrainState ORDER BY 1");

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File("flowgpt.db")};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static GrainId Grain(string key) => GrainId.Create("record", key);
}
