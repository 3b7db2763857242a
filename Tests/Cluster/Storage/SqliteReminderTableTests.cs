namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>The product's reminder statements through the real Orleans provider.</summary>
public sealed class SqliteReminderTableTests : IAsyncLifetime
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
    public async Task Upsert_New_IsReadBackByGrainNameAndRange()
    {
        var entry = Entry("one", "daily");
        await _silo.Reminders.UpsertRow(entry);

        var read = await _silo.Reminders.ReadRow(entry.GrainId, "daily");
        Assert.Equal(entry.StartAt, read!.StartAt);
        Assert.Equal(entry.Period, read.Period);
        Assert.Single((await _silo.Reminders.ReadRows(entry.GrainId)).Reminders);
        var hash = entry.GrainId.GetUniformHashCode();
        Assert.Single((await _silo.Reminders.ReadRows(hash - 1, hash)).Reminders);
        Assert.Empty((await _silo.Reminders.ReadRows(hash, hash + 1)).Reminders);
    }

    [Fact]
    public async Task Upsert_Again_ReplacesTheRowAndItsETag()
    {
        var entry = Entry("again", "daily");
        var first = await _silo.Reminders.UpsertRow(entry);
        entry.Period = TimeSpan.FromDays(40);
        var second = await _silo.Reminders.UpsertRow(entry);

        var read = await _silo.Reminders.ReadRow(entry.GrainId, "daily");
        Assert.NotEqual(first, second);
        Assert.Equal(second, read!.ETag);
        Assert.Equal(TimeSpan.FromDays(40), read.Period);
        Assert.False(await _silo.Reminders.RemoveRow(entry.GrainId, "daily", first!));
        Assert.True(await _silo.Reminders.RemoveRow(entry.GrainId, "daily", second!));
        Assert.Null(await _silo.Reminders.ReadRow(entry.GrainId, "daily"));
    }

    [Fact]
    public async Task ReadRows_EveryRange_GivesEachReminderExactlyOnce()
    {
        var names = Enumerable.Range(0, 40).Select(i => $"grain-{i}").ToArray();
        foreach (var name in names)
        {
            await _silo.Reminders.UpsertRow(Entry(name, "daily"));
        }

        uint[] borders = [0, 1u << 30, 1u << 31, 3u << 30];
        var found = new List<string>();
        for (var i = 0; i < borders.Length; i++)
        {
            var rows = await _silo.Reminders.ReadRows(borders[i], borders[(i + 1) % borders.Length]);
            found.AddRange(rows.Reminders.Select(row => row.GrainId.Key.ToString()!));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Upsert_ThenRestart_IsThere()
    {
        var entry = Entry("kept", "daily");
        await _silo.Reminders.UpsertRow(entry);
        await _silo.DisposeAsync();
        _silo = await EmbeddedSilo.StartAsync(_directory.Path);

        Assert.NotNull(await _silo.Reminders.ReadRow(entry.GrainId, "daily"));
    }

    private static ReminderEntry Entry(string key, string name) =>
        new()
        {
            GrainId = GrainId.Create("reminded", key),
            ReminderName = name,
            StartAt = new DateTime(2025, 10, 1, 12, 30, 15, 123, DateTimeKind.Utc),
            Period = TimeSpan.FromMinutes(5),
        };
}
