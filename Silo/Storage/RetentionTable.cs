using System.Data.Common;
using System.Globalization;

namespace FlowGpt.Silo.Storage;

/// <summary>The statements of retention: notes, ages and removals.</summary>
internal sealed class RetentionTable(SqliteDataSource source)
{
    // As the statement that writes records has it.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The note of a state; null when there is none.</summary>
    public async Task<RetentionMark?> ReadAsync(string state, CancellationToken cancellationToken)
    {
        var marks = await ReadAsync(
            "SELECT Before, MarkedAt FROM RetentionMark WHERE State = @State",
            static reader => new RetentionMark(Parse(reader.GetString(0)), Parse(reader.GetString(1))),
            cancellationToken,
            ("@State", state)
        );
        return marks is [var mark] ? mark : null;
    }

    /// <summary>Replaces the note; null removes it.</summary>
    public Task WriteAsync(string state, RetentionMark? mark, CancellationToken cancellationToken) =>
        ReadAsync(
            mark is null
                ? "DELETE FROM RetentionMark WHERE State = @State RETURNING 0"
                : "INSERT OR REPLACE INTO RetentionMark (State, Before, MarkedAt) VALUES (@State, @Before, @MarkedAt) RETURNING 0",
            static reader => reader.GetInt32(0),
            cancellationToken,
            ("@State", state),
            ("@Before", Text(mark?.Before ?? default)),
            ("@MarkedAt", Text(mark?.MarkedAt ?? default))
        );

    /// <summary>Removes at most so many records of a state whose last write is older; returns how many were removed.</summary>
    public async Task<int> RemoveAsync(string state, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        var removed = await ReadAsync(
            """
            DELETE FROM GrainState
            WHERE rowid IN (SELECT rowid FROM GrainState WHERE GrainType = @State AND ModifiedAt < @Before LIMIT @Most);
            SELECT changes();
            """,
            static reader => reader.GetInt32(0),
            cancellationToken,
            ("@State", state),
            ("@Before", Text(before)),
            ("@Most", most)
        );
        return removed[0];
    }

    private async Task<List<T>> ReadAsync<T>(
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
