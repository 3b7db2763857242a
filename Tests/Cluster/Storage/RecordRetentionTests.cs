using FlowGpt.Grains.Conversations;
using FlowGpt.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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

    [Fact]
    public async Task Sweep_RemovesConversationsAndLedgersThatAreOverTheirTime()
    {
        await WriteAsync("conversation", "old", daysAgo: 30.1);
        await WriteAsync("conversation", "young", daysAgo: 29.9);
        await WriteAsync("ledger", "old", daysAgo: 400.1);
        await WriteAsync("ledger", "young", daysAgo: 399.9);
        await WriteAsync("pool", "older than anything", daysAgo: 4000);

        Assert.Equal(2, await SweepAsync());

        Assert.Equal(["conversation/young", "ledger/young", "pool/older than anything"], Records());
        Assert.Equal(0, await SweepAsync());
    }

    [Fact]
    public async Task Sweep_OfMoreThanItTakesAtOnce_RemovesThemAll()
    {
        for (var i = 0; i < 450; i++)
        {
            await WriteAsync("conversation", $"c{i}");
        }

        Age("conversation", 31);

        Assert.Equal(450, await SweepAsync());
        Assert.Empty(Records());
    }

    [Fact]
    public async Task Sweep_WithRetentionForEver_RemovesNothing()
    {
        _silo.Services.GetRequiredService<IOptions<ConversationOptions>>().Value.Retention = TimeSpan.Zero;
        await WriteAsync("conversation", "old", daysAgo: 4000);

        Assert.Equal(0, await SweepAsync());
    }

    [Fact]
    public async Task Write_OfARecordThatIsOverItsTime_BeginsItsTimeAnew()
    {
        var state = await WriteAsync("conversation", "used again", daysAgo: 31);
        await _silo.Storage.WriteStateAsync("conversation", Grain("used again"), state);

        Assert.Equal(0, await SweepAsync());
    }

    /// <summary>An activation that outlives its record must not bring it back with what it remembers.</summary>
    [Fact]
    public async Task Write_ByWhoReadTheRecordBeforeItWasRemoved_IsRefused()
    {
        var state = await WriteAsync("conversation", "removed", daysAgo: 31);
        await SweepAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(() => _silo.Storage.WriteStateAsync("conversation", Grain("removed"), state));
    }

    private Task<int> SweepAsync() =>
        _silo.Services.GetRequiredService<RecordRetention>().SweepAsync(TestContext.Current.CancellationToken);

    private async Task<GrainState<StoredRecord>> WriteAsync(string type, string key, double? daysAgo = null)
    {
        var state = new GrainState<StoredRecord>(new StoredRecord { Text = key });
        await _silo.Storage.WriteStateAsync(type, Grain(key), state);
        if (daysAgo is { } days)
        {
            Age(type, days, key);
        }

        return state;
    }

    private void Age(string type, double days, string? key = null) =>
        Query(
            $"UPDATE GrainState SET ModifiedAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{days * 24:0} hours') WHERE GrainType = '{type}' AND KeyText = COALESCE({(key is null ? "NULL" : $"'{key}'")}, KeyText)"
        );

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
