using System.Globalization;
using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// Brings the data file to this program's format before anything else opens it. A missing file is created; an older file is
/// copied aside and upgraded in one transaction; a newer file, another program's file and a damaged file are refused and left as they are.
/// The version is SQLite's <c>user_version</c>, the owner its <c>application_id</c>: both change with the transaction.
/// </summary>
internal static class DatabaseFile
{
    /// <summary>"FGPT" in ASCII.</summary>
    public const int ApplicationId = 0x46475054;

    /// <summary>Prepares the file and returns the backup's path if it was upgraded.</summary>
    /// <exception cref="StartupException">The file cannot be used; it has not been changed.</exception>
    public static string? Prepare(string path, IReadOnlyList<Migration> migrations, TimeProvider time, int oldestReadable = 1)
    {
        try
        {
            return PrepareCore(path, migrations, time, oldestReadable);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT)
        {
            throw new StartupException(
                $"{path}: is damaged or not a database ({exception.Message}). It was left as it is. "
                    + "Put a backup in its place, or move it away to start with empty data.",
                exception
            );
        }
        catch (SqliteException exception)
        {
            throw new StartupException(
                $"{path}: cannot be opened ({exception.Message}). Check the disk and the file's permissions.",
                exception
            );
        }
    }

    /// <summary>When the newest record was written; null in a file without records.</summary>
    public static DateTimeOffset? NewestRecord(string path)
    {
        using var connection = new SqliteConnection(ConnectionString(path));
        connection.Open();
        return Text(connection, "SELECT MAX(ModifiedAt) FROM GrainState") is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : null;
    }

    private static string? PrepareCore(string path, IReadOnlyList<Migration> migrations, TimeProvider time, int oldestReadable)
    {
        var latest = migrations.Count;
        MakePrivate(path);
        using var connection = new SqliteConnection(ConnectionString(path));
        connection.Open();
        var application = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        var objects = Scalar(connection, "SELECT COUNT(*) FROM sqlite_schema");
        var isNew = application == 0 && version == 0 && objects == 0;
        if (!isNew && application != ApplicationId)
        {
            throw new StartupException($"{path}: belongs to another program. It was left as it is. Choose another DATA_DIRECTORY.");
        }

        if (!isNew && version < oldestReadable)
        {
            throw new StartupException(
                $"{path}: has data version {version}, and this program reads versions from {oldestReadable} on. It was left as it is. "
                    + "Choose another DATA_DIRECTORY, or start the program that wrote the file."
            );
        }

        if (version > latest)
        {
            throw new StartupException(
                $"{path}: has data version {version}, this program knows versions up to {latest}. It was left as it is. "
                    + "Start the newer program again, or restore the backup that its upgrade made beside the file."
            );
        }

        if (version == latest)
        {
            return null;
        }

        var backup = isNew ? null : BackUp(connection, path, version, time);
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        using var transaction = connection.BeginTransaction();
        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            Execute(connection, migration.Script, transaction);
        }

        Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {latest};", transaction);
        transaction.Commit();
        return backup;
    }

    /// <summary>The file is its owner's only, also where its directory is opened to others; what SQLite makes beside it takes its mode.</summary>
    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (
            File.Open(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    UnixCreateMode = owner,
                }
            )
        )
        {
            File.SetUnixFileMode(path, owner);
        }
    }

    private static string BackUp(SqliteConnection connection, string path, long version, TimeProvider time)
    {
        var verdict = Text(connection, "PRAGMA quick_check(1)");
        if (verdict != "ok")
        {
            throw new StartupException(
                $"{path}: is damaged ({verdict}), so it was not upgraded. It was left as it is. Put a backup in its place."
            );
        }

        var backup = $"{path}.version-{version}.{time.GetUtcNow():yyyyMMdd-HHmmss}.bak";
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $backup";
        command.Parameters.AddWithValue("$backup", backup);
        command.ExecuteNonQuery();
        return backup;
    }

    // Pooling is off: the file must be closed when this returns, whatever the outcome.
    private static string ConnectionString(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar());
    }

    private static string? Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
