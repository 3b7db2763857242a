using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// A connection that passes the <see cref="SqliteGate"/> when its statement is executed, opens only then, and gives its place back when it is
/// disposed. For one statement of one caller, as the Orleans provider uses it.
/// </summary>
internal sealed class GatedConnection(string connectionString, SqliteGate gate, Action<SqliteConnection> configure)
    : SqliteConnection(connectionString)
{
    private SemaphoreSlim? _place;

    public override SqliteCommand CreateCommand() => new GatedCommand { Connection = this, CommandTimeout = DefaultTimeout };

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        var place = _place;
        _place = null;
        try
        {
            place?.Release();
        }
        catch (ObjectDisposedException)
        {
            // The gate is gone with its silo: nobody waits for a place. A finalizer that throws would end the process.
        }
    }

    private async ValueTask EnterAsync(bool reads, CancellationToken cancellationToken)
    {
        if (_place is not null)
        {
            return;
        }

        var place = reads ? gate.Readers : gate.Writer;
        await place.WaitAsync(cancellationToken).ConfigureAwait(false);
        _place = place;

        // Off the caller's scheduler: a grain's turn must not last as long as a disk flush.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Open();
        configure(this);
    }

    private sealed class GatedCommand : SqliteCommand
    {
        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            var reads = CommandText.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase);
            await ((GatedConnection)Connection!).EnterAsync(reads, cancellationToken).ConfigureAwait(false);
            return await base.ExecuteDbDataReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }
    }
}
