using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// Hands the Orleans ADO.NET providers their connections: durable (WAL, <c>synchronous=FULL</c>), pooled and gated. Thread-safe.
/// A connection is really opened when its statement may run; until then it costs nothing, and the provider has
/// already serialised the grain's state on the grain's own thread, so a grain that continues to work cannot change what is written.
/// </summary>
internal sealed class SqliteDataSource : DbDataSource
{
    /// <summary>The provider's name for SQLite; it maps to Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    private readonly SqliteGate _gate = new();
    private readonly ConditionalWeakTable<SQLitePCL.sqlite3, object> _configured = [];

    public SqliteDataSource(string path) =>
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite }.ToString();

    /// <inheritdoc/>
    public override string ConnectionString { get; }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new GatedConnection(ConnectionString, _gate, Configure);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => CreateDbConnection();

    /// <inheritdoc/>
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        new(CreateDbConnection());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
        _gate.Dispose();
        base.Dispose(disposing);
    }

    // Settings of a connection, not of the file: once for each pooled connection. The time-out is for an operator's own
    // shell on the same file; our writers never wait for SQLite's lock.
    private void Configure(SqliteConnection connection)
    {
        if (_configured.TryGetValue(connection.Handle!, out _))
        {
            return;
        }

        using var command = new SqliteCommand("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;", connection);
        command.ExecuteNonQuery();
        _configured.AddOrUpdate(connection.Handle!, this);
    }
}
