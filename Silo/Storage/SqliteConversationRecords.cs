using System.Globalization;
using FlowGpt.Grains.Conversations.Sums;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Silo.Storage;

/// <summary>Counts the records of conversations in the data file with one statement. The length of a record is read from its row's head, not its text.</summary>
internal sealed class SqliteConversationRecords(SqliteDataSource source) : IConversationRecords
{
    private static readonly string Statement = $"""
        SELECT substr(KeyText, 1, instr(KeyText, '/c/') - 1), SUM(GrainType = 'conversation'), SUM(GrainType = 'response'), COUNT(*),
               SUM(Bytes), MAX(ModifiedAt)
        FROM (
            SELECT GrainType, KeyText, ModifiedAt, LENGTH(Payload) AS Bytes FROM GrainState
            WHERE GrainType IN ({string.Join(", ", IConversationRecords.States.Select(static state => $"'{state}'"))}) LIMIT @Most
        )
        WHERE instr(KeyText, '/c/') > 1
        GROUP BY 1
        """;

    /// <inheritdoc/>
    public async Task<bool> ReadAsync(int most, Action<ClientConversations> take, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = Statement;
        var limit = command.CreateParameter();
        (limit.ParameterName, limit.Value) = ("@Most", most + 1L);
        command.Parameters.Add(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            var records = reader.GetInt64(3);
            read += records;
            take(
                new(
                    reader.GetString(0),
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    records,
                    await reader.IsDBNullAsync(4, cancellationToken) ? 0 : reader.GetInt64(4),
                    DateTimeOffset.Parse(
                        reader.GetString(5),
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
                    )
                )
            );
        }

        return read > most;
    }
}
