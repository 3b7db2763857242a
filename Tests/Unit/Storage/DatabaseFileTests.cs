using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Storage;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class DatabaseFileTests : IDisposable
{
    private static readonly Migration First = new(1, "first", "CREATE TABLE Note (Text TEXT NOT NULL); INSERT INTO Note VALUES ('old');");
    private static readonly Migration Second = new(2, "second", "ALTER TABLE Note ADD COLUMN Author TEXT NOT NULL DEFAULT 'nobody';");
    private static readonly Migration Broken = new(2, "broken", "CREATE TABLE Half (A TEXT); INSERT INTO Missing VALUES (1);");

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2025, 10, 1, 12, 30, 15, TimeSpan.Zero));

    private string Path => _directory.File("flowgpt.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Prepare_NoFile_CreatesTheLatestVersionWithoutBackup()
    {
        var backup = DatabaseFile.Prepare(Path, [First, Second], _time);

        Assert.Null(backup);
        Assert.Equal(2L, Query("PRAGMA user_version"));
        Assert.Equal("wal", Query("PRAGMA journal_mode"));
        Assert.Equal("nobody", Query("SELECT Author FROM Note"));
    }

    [Fact]
    public void Prepare_EmptyFile_IsTakenAsNew()
    {
        File.WriteAllBytes(Path, []);

        DatabaseFile.Prepare(Path, [First], _time);

        Assert.Equal(1L, Query("PRAGMA user_version"));
    }

    [Fact]
    public void Prepare_SameVersion_ChangesNothing()
    {
        DatabaseFile.Prepare(Path, [First], _time);
        var before = File.ReadAllBytes(Path);

        Assert.Null(DatabaseFile.Prepare(Path, [First], _time));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void Prepare_OlderVersion_IsUpgradedAndTheBackupHoldsTheOld()
    {
        DatabaseFile.Prepare(Path, [First], _time);
        Execute("INSERT INTO Note VALUES ('mine')");

        var backup = DatabaseFile.Prepare(Path, [First, Second], _time);

        Assert.Equal(Path + ".version-1.20251001-123015.bak", backup);
        Assert.Equal(2L, Query("PRAGMA user_version"));
        Assert.Equal(2L, Query("SELECT COUNT(*) FROM Note WHERE Author = 'nobody'"));
        Assert.Equal(1L, Query("PRAGMA user_version", backup));
        Assert.Equal(2L, Query("SELECT COUNT(*) FROM Note", backup));
        Assert.Equal((long)DatabaseFile.ApplicationId, Query("PRAGMA application_id", backup));
    }

    [Fact]
    public void Prepare_UpgradeFails_LeavesTheOldVersionWhole()
    {
        DatabaseFile.Prepare(Path, [First], _time);

        Assert.Throws<StartupException>(() => DatabaseFile.Prepare(Path, [First, Broken], _time));

        Assert.Equal(1L, Query("PRAGMA user_version"));
        Assert.Equal("old", Query("SELECT Text FROM Note"));
        Assert.Equal(0L, Query("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'Half'"));
    }

    [Fact]
    public void Prepare_NewerVersion_IsRefusedUnchanged()
    {
        DatabaseFile.Prepare(Path, [First, Second], _time);

        AssertRefusedUnchanged("data version 2", [First]);
    }

    [Fact]
    public void Prepare_VersionTooOldToRead_IsRefusedUnchanged()
    {
        DatabaseFile.Prepare(Path, [First], _time);

        var told = AssertRefusedUnchanged("data version 1", [First, Second], oldestReadable: 2);

        Assert.DoesNotContain('\n', told);
    }

    [Fact]
    public void Prepare_AnotherProgramsDatabase_IsRefusedUnchanged()
    {
        Execute("CREATE TABLE Theirs (A TEXT)");

        AssertRefusedUnchanged("another program", [First]);
    }

    [Fact]
    public void Prepare_NotADatabase_IsRefusedUnchanged()
    {
        File.WriteAllText(Path, string.Concat(Enumerable.Repeat("this is no database ", 100)));

        AssertRefusedUnchanged("damaged or not a database", [First]);
    }

    [Fact]
    public void Prepare_DamagedPages_AreNotUpgraded()
    {
        DatabaseFile.Prepare(Path, [First], _time);
        Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO Note SELECT 'filler ' || i FROM n");
        var bytes = File.ReadAllBytes(Path);
        Array.Fill(bytes, (byte)0xAA, 8192, 4096);
        File.WriteAllBytes(Path, bytes);

        AssertRefusedUnchanged("damaged", [First, Second]);
    }

    [Fact]
    public void All_TheProgramsSteps_AreNumberedWithoutGapsAndRun()
    {
        Assert.Equal(Enumerable.Range(1, Migration.All.Count), Migration.All.Select(static one => one.Version));

        DatabaseFile.Prepare(Path, Migration.All, _time);

        Assert.Equal((long)Migration.All.Count, Query("PRAGMA user_version"));
        Assert.Equal("ok", Query("PRAGMA integrity_check"));
    }

    private string AssertRefusedUnchanged(string reason, IReadOnlyList<Migration> migrations, int oldestReadable = 1)
    {
        var before = File.ReadAllBytes(Path);

        var exception = Assert.Throws<StartupException>(() => DatabaseFile.Prepare(Path, migrations, _time, oldestReadable));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("left as it is", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Path, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
        return exception.Message;
    }

    private object? Query(string sql, string? path = null)
    {
        using var connection = new SqliteConnection($"Data Source={path ?? Path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Execute(string sql) => Query(sql);
}
