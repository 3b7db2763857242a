using System.Collections.Immutable;
using Orleans.Storage;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>The product's SQLite statements through the real Orleans provider.</summary>
public sealed class SqliteGrainStorageTests : IAsyncLifetime
{
    private const string Type = "record";

    private readonly TemporaryDirectory _directory = new();
    private EmbeddedSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await EmbeddedSilo.StartAsync(_directory.Path);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Read_NothingStored_GivesAnEmptyStateWithoutETag()
    {
        var state = await ReadAsync("missing");

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal("", state.State!.Text);
    }

    [Fact]
    public async Task Write_NewThenChanged_GivesNewETagsAndIsReadBack()
    {
        var state = new GrainState<StoredRecord>(new StoredRecord { Text = "one" });
        await WriteAsync("changed", state);
        var first = state.ETag;
        state.State = state.State! with { Text = "two" };
        await WriteAsync("changed", state);

        var read = await ReadAsync("changed");
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, read.ETag);
        Assert.True(read.RecordExists);
        Assert.Equal("two", read.State!.Text);
    }

    [Fact]
    public async Task Write_EveryKindOfMember_IsReadBackEqual()
    {
        var written = new StoredRecord
        {
            Text = "naïve \u2028 \ud83d\ude00 \"quoted\"",
            Parts =
            [
                new StoredRecord.Part(Guid.Parse("6e2c1f5e-5d0a-4b57-9e43-1d1f6f0a7c11"), DayOfWeek.Friday, null),
                new StoredRecord.Part(Guid.Empty, DayOfWeek.Sunday, "note"),
            ],
            Number = UInt128.MaxValue - 1,
            At = new DateTimeOffset(2025, 10, 1, 12, 30, 15, 123, TimeSpan.FromHours(2)).AddTicks(4567),
            Length = TimeSpan.FromTicks(1234567),
            Bytes = [0, 1, 254, 255],
            Counts = ImmutableDictionary<string, long>.Empty.Add("a", long.MaxValue).Add("b", -1),
        };
        await WriteAsync("members", new GrainState<StoredRecord>(written));

        var read = (await ReadAsync("members")).State!;
        Assert.Equal(written.Text, read.Text);
        Assert.Equal(written.Parts.AsEnumerable(), read.Parts.AsEnumerable());
        Assert.Equal(written.Number, read.Number);
        Assert.True(written.At.EqualsExact(read.At));
        Assert.Equal(written.Length, read.Length);
        Assert.Equal(written.Bytes, read.Bytes);
        Assert.Equal(written.Counts.OrderBy(pair => pair.Key), read.Counts.OrderBy(pair => pair.Key));
    }

    [Fact]
    public async Task Write_StaleETag_ThrowsInconsistentStateAndKeepsTheStored()
    {
        var mine = new GrainState<StoredRecord>(new StoredRecord { Text = "mine" });
        await WriteAsync("stale", mine);
        var theirs = await ReadAsync("stale");
        await WriteAsync("stale", theirs);

        mine.State = mine.State! with { Text = "mine again" };
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("stale", mine));
        Assert.Equal("mine", (await ReadAsync("stale")).State!.Text);
    }

    [Fact]
    public async Task Write_NewButAlreadyThere_ThrowsInconsistentState()
    {
        await WriteAsync("twice", new GrainState<StoredRecord>(new StoredRecord { Text = "first" }));

        var second = new GrainState<StoredRecord>(new StoredRecord { Text = "second" });
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("twice", second));
        Assert.Equal("first", (await ReadAsync("twice")).State!.Text);
    }

    [Fact]
    public async Task Write_KnownVersionOfAClearedRecord_ThrowsInconsistentStateAndDoesNotBringItBack()
    {
        var mine = new GrainState<StoredRecord>(new StoredRecord { Text = "mine" });
        await WriteAsync("gone", mine);
        await ClearAsync("gone", await ReadAsync("gone"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("gone", mine));
        Assert.False((await ReadAsync("gone")).RecordExists);
    }

    [Fact]
    public async Task Clear_Stored_RemovesTheRecordAndItCanBeWrittenAgain()
    {
        var state = new GrainState<StoredRecord>(new StoredRecord { Text = "there" });
        await WriteAsync("cleared", state);
        await ClearAsync("cleared", state);

        Assert.False(state.RecordExists);
        Assert.False((await ReadAsync("cleared")).RecordExists);
        state.State = new StoredRecord { Text = "again" };
        await WriteAsync("cleared", state);
        Assert.Equal("again", (await ReadAsync("cleared")).State!.Text);
    }

    [Fact]
    public async Task Clear_StaleETag_ThrowsInconsistentState()
    {
        var mine = new GrainState<StoredRecord>(new StoredRecord { Text = "mine" });
        await WriteAsync("clear-stale", mine);
        await WriteAsync("clear-stale", await ReadAsync("clear-stale"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => ClearAsync("clear-stale", mine));
        Assert.True((await ReadAsync("clear-stale")).RecordExists);
    }

    [Fact]
    public async Task Write_ConcurrentlyFromOneVersion_ExactlyOneWins()
    {
        await WriteAsync("race", new GrainState<StoredRecord>(new StoredRecord { Text = "start" }));
        var contenders = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReadAsync("race")));

        var outcomes = await Task.WhenAll(contenders.Select((state, i) => TryWriteAsync("race", state, $"writer {i}")));

        Assert.Equal(1, outcomes.Count(static won => won));
        var winner = Array.IndexOf(outcomes, true);
        Assert.Equal($"writer {winner}", (await ReadAsync("race")).State!.Text);
    }

    [Fact]
    public async Task Write_ManyRecordsConcurrently_AllAreStored()
    {
        const int Records = 300;
        await Task.WhenAll(
            Enumerable
                .Range(0, Records)
                .Select(i => WriteAsync($"many-{i}", new GrainState<StoredRecord>(new StoredRecord { Text = $"text {i}" })))
        );

        var read = await Task.WhenAll(Enumerable.Range(0, Records).Select(i => ReadAsync($"many-{i}")));
        Assert.All(read, static (state, i) => Assert.Equal($"text {i}", state.State!.Text));
    }

    [Fact]
    public async Task Write_LargeRecord_IsReadBackEqual()
    {
        var large = new string('x', 8 << 20) + "end";
        await WriteAsync("large", new GrainState<StoredRecord>(new StoredRecord { Text = large }));

        Assert.Equal(large, (await ReadAsync("large")).State!.Text);
    }

    [Fact]
    public async Task Write_ThenRestart_EverythingIsThere()
    {
        var state = new GrainState<StoredRecord>(new StoredRecord { Text = "kept" });
        await WriteAsync("restart", state);
        await _silo.DisposeAsync();
        _silo = await EmbeddedSilo.StartAsync(_directory.Path);

        var read = await ReadAsync("restart");
        Assert.Equal("kept", read.State!.Text);
        Assert.Equal(state.ETag, read.ETag);
        await WriteAsync("restart", read);
    }

    private static GrainId Id(string key) => GrainId.Create(Type, key);

    private Task WriteAsync(string key, GrainState<StoredRecord> state) => _silo.Storage.WriteStateAsync(Type, Id(key), state);

    private Task ClearAsync(string key, GrainState<StoredRecord> state) => _silo.Storage.ClearStateAsync(Type, Id(key), state);

    private async Task<GrainState<StoredRecord>> ReadAsync(string key)
    {
        var state = new GrainState<StoredRecord>();
        await _silo.Storage.ReadStateAsync(Type, Id(key), state);
        return state;
    }

    private async Task<bool> TryWriteAsync(string key, GrainState<StoredRecord> state, string text)
    {
        state.State = state.State! with { Text = text };
        try
        {
            await WriteAsync(key, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
