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

/// <summary>The data file forgets what is over its time, and nothing else.</summary>
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

    /// <summary>A roll-up's time is its own: ledgers may end before it.</summary>
    [Fact]
    public async Task Sweep_WithRollUpsKeptLongerThanLedgers_LeavesTheRollUps()
    {
        _silo.Services.GetRequiredService<IOptions<UsageOptions>>().Value.RollUpRetention = TimeSpan.FromDays(800);
        await WriteAsync("ledger", "one");
        await WriteAsync("usage-hour-07", "one");

        await SweepAsync(500);

        Assert.Equal(["usage-hour-07/one"], Records());
    }

    /// <summary>An activation that outlives its record must not bring it back with what it remembers.</summary>
    [Fact]
    public async Task Write_ByWhoReadTheRecordBeforeItWasRemoved_IsRefused()
    {
        var state = await WriteAsync("conversation", "removed");
        await SweepAsync(31);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _silo.Storage.WriteStateAsync("conversation", Grain("removed"), state));
    }

    // As if these days had passed.
    private async Task<int> SweepAsync(double days)
    {
        using var retention = new RecordRetention(
            _silo.Services.GetRequiredService<SqliteDataSource>(),
            _silo.Services,
            new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(days)),
            NullLogger<RecordRetention>.Instance
        );
        return await retention.SweepAsync(TestContext.Current.CancellationToken);
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
