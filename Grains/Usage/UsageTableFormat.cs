using System.Text;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// A table in bytes, for records and for telling the roll-up: variable-length whole numbers, names once each, empty buckets left out; some 60 to 120
/// bytes for a model and account. Every cell says its length, so that a field can be added at its end: a program that does not know it
/// skips it, and a reader that misses it takes zero.
/// </summary>
internal static class UsageTableFormat
{
    private const byte Version = 1;

    public static byte[] Write(UsageTable table)
    {
        using var stream = new MemoryStream(256);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var source in table.Cells.Keys)
        {
            names.TryAdd(source.Model, names.Count);
            names.TryAdd(source.Account, names.Count);
        }

        writer.Write7BitEncodedInt(names.Count);
        foreach (var name in names.Keys)
        {
            writer.Write(name);
        }

        writer.Write7BitEncodedInt(table.Cells.Count);
        using var cellStream = new MemoryStream(128);
        using var cell = new BinaryWriter(cellStream);
        foreach (var (source, figures) in table.Cells)
        {
            cellStream.SetLength(0);
            WriteCell(cell, names[source.Model], names[source.Account], figures);
            writer.Write7BitEncodedInt((int)cellStream.Length);
            writer.Write(cellStream.GetBuffer(), 0, (int)cellStream.Length);
        }

        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes were written by a program with another format.</exception>
    public static UsageTable Read(byte[] bytes)
    {
        var table = new UsageTable();
        if (bytes.Length == 0)
        {
            return table;
        }

        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new InvalidDataException($"A usage table has format {version}; this program reads format {Version}.");
        }

        var names = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reader.ReadString();
        }

        for (var cells = reader.Read7BitEncodedInt(); cells > 0; cells--)
        {
            var length = reader.Read7BitEncodedInt();
            var end = stream.Position + length;
            ReadCell(reader, table, names);
            stream.Position = end;
        }

        return table;
    }

    private static void WriteCell(BinaryWriter writer, int model, int account, UsageFigures figures)
    {
        writer.Write7BitEncodedInt(model);
        writer.Write7BitEncodedInt(account);
        writer.Write7BitEncodedInt64(figures.Requests);
        writer.Write7BitEncodedInt64(figures.Cancelled);
        writer.Write7BitEncodedInt64(figures.Estimated);
        writer.Write7BitEncodedInt64(figures.Calls);
        writer.Write7BitEncodedInt64(figures.FailedCalls);
        writer.Write7BitEncodedInt64(figures.PromptTokens);
        writer.Write7BitEncodedInt64(figures.CompletionTokens);
        writer.Write7BitEncodedInt64(figures.CachedTokens);
        WriteSparse(writer, figures.Errors);
        WriteSparse(writer, figures.Latency.Counts);
        WriteSparse(writer, figures.TimeToFirstToken.Counts);
    }

    private static void ReadCell(BinaryReader reader, UsageTable table, string[] names)
    {
        var model = names[reader.Read7BitEncodedInt()];
        var account = names[reader.Read7BitEncodedInt()];
        var figures = table.Cell(model, account);
        figures.Requests = reader.Read7BitEncodedInt64();
        figures.Cancelled = reader.Read7BitEncodedInt64();
        figures.Estimated = reader.Read7BitEncodedInt64();
        figures.Calls = reader.Read7BitEncodedInt64();
        figures.FailedCalls = reader.Read7BitEncodedInt64();
        figures.PromptTokens = reader.Read7BitEncodedInt64();
        figures.CompletionTokens = reader.Read7BitEncodedInt64();
        figures.CachedTokens = reader.Read7BitEncodedInt64();
        ReadSparse(reader, figures, static (to, kind, times) => to.CountError(kind, times));
        ReadSparse(reader, figures.Latency, static (to, bucket, times) => to.Count(bucket, times));
        ReadSparse(reader, figures.TimeToFirstToken, static (to, bucket, times) => to.Count(bucket, times));
    }

    private static void WriteSparse(BinaryWriter writer, long[] counts)
    {
        writer.Write7BitEncodedInt(counts.Count(static count => count != 0));
        var next = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                writer.Write7BitEncodedInt(i - next);
                writer.Write7BitEncodedInt64(counts[i]);
                next = i + 1;
            }
        }
    }

    private static void ReadSparse<T>(BinaryReader reader, T to, Action<T, int, long> count)
    {
        var next = 0;
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var index = next + reader.Read7BitEncodedInt();
            count(to, index, reader.Read7BitEncodedInt64());
            next = index + 1;
        }
    }
}
