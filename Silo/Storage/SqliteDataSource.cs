using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Silo.Storage;

/// <summary>Hands the Orleans ADO.NET providers their connections: durable (WAL, <c>synchronous=FULL</c>), pooled and gated. Thread-safe.</summary>
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
    protected override DbConnection CreateDbConnection() => new GatedConnection(ConnectionString, _gate);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection()
    {
        var connection = new GatedConnection(ConnectionString, _gate);
        _gate.Connections.Wait();
        return Open(connection);
    }

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = new GatedConnection(ConnectionString, _gate);
        await _gate.Connections.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Open(connection);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
        _gate.Dispose();
        base.Dispose(disposing);
    }

    private GatedConnection Open(GatedConnection connection)
    {
        connection.HoldsSlot = true;
        try
        {
            connection.Open();
            if (!_configured.TryGetValue(connection.Handle!, out _))
            {
                Configure(connection);
                _configured.AddOrUpdate(connection.Handle!, this);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Settings of a connection, not of the file: once for each pooled connection. The time-out is for an operator's own
    // shell on the same file; our writers never meet SQLite's lock.
    private static void Configure(GatedConnection connection)
    {
        using var command = new SqliteCommand("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;", connection);
        command.ExecuteNonQuery();
    }
}
