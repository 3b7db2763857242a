using FlowGpt.Silo.Storage;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>A connection that outlives its gate, as one that a stopped silo left open: it is closed by a finalizer, which must not throw.</summary>
public sealed class GatedConnectionTests
{
    [Fact]
    public async Task Dispose_AfterItsGate_IsNoError()
    {
        using var directory = new TemporaryDirectory();
        using var gate = new SqliteGate();
        var connection = new GatedConnection($"Data Source={directory.File("a.db")};Pooling=false", gate, static _ => { });
        await using (System.Data.Common.DbCommand command = connection.CreateCommand())
        {
            command.CommandText = "SELECT 1";
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        }

        gate.Dispose();

        Assert.Null(Record.Exception(connection.Dispose));
    }
}
