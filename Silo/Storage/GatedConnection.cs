using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Silo.Storage;

/// <summary>A connection that gives its places in the <see cref="SqliteGate"/> back when it is closed. Used for one statement by one caller.</summary>
internal sealed class GatedConnection(string connectionString, SqliteGate gate) : SqliteConnection(connectionString)
{
    private SemaphoreSlim? _running;

    /// <summary>Whether a place among the connections is held.</summary>
    public bool HoldsSlot { get; set; }

    public override SqliteCommand CreateCommand() => new GatedCommand { Connection = this, CommandTimeout = DefaultTimeout };

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _running?.Release();
        _running = null;
        if (HoldsSlot)
        {
            HoldsSlot = false;
            gate.Connections.Release();
        }
    }

    private async ValueTask EnterAsync(bool reads, CancellationToken cancellationToken)
    {
        if (_running is null)
        {
            var entrance = reads ? gate.Readers : gate.Writer;
            await entrance.WaitAsync(cancellationToken).ConfigureAwait(false);
            _running = entrance;
        }

        // Off the caller's scheduler: a grain's turn must not last as long as a disk flush.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
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
