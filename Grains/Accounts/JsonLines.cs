using System.Text.Json;

namespace FlowGpt.Grains.Accounts;

/// <summary>On which line of a JSON text each field stands, by the field's path (<c>accounts[0].name</c>). Pure.</summary>
internal sealed class JsonLines
{
    private static readonly JsonReaderOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    private int? _badName;

    private JsonLines() { }

    /// <summary>Reads a text that has been parsed before; comments and trailing commas are allowed.</summary>
    public static JsonLines Read(ReadOnlySpan<byte> utf8)
    {
        var lines = new JsonLines();
        var reader = new Utf8JsonReader(utf8, Json);
        var (line, counted) = (1, 0);
        // One frame for each open object or list: its path, and the index of the next element of a list.
        var open = new Stack<(string Path, int Next)>();
        var path = "";
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += utf8[counted..start].Count((byte)'\n');
            counted = start;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    var name = TextOf(ref reader);
                    lines._badName ??= name is null ? line : null;
                    path = Join(open.Peek().Path, name ?? "");
                    lines._lines.TryAdd(path, line);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    if (open.TryPeek(out var frame) && frame.Next >= 0)
                    {
                        open.Pop();
                        open.Push(frame with { Next = frame.Next + 1 });
                        path = $"{frame.Path}[{frame.Next}]";
                        lines._lines.TryAdd(path, line);
                    }

                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        open.Push((path, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                    }

                    break;
            }
        }

        return lines;
    }

    /// <summary>The line of the first text that is no Unicode; null when there is none.</summary>
    public static int? OfBadText(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && TextOf(ref reader) is null)
            {
                return utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
            }
        }

        return null;
    }

    /// <summary>A problem, which begins with the path of its field, with the line of that field or of what should hold the field.</summary>
    public string Place(string problem)
    {
        var path = problem.AsSpan(0, Math.Max(problem.IndexOf(' '), 0));
        while (path.Length > 0)
        {
            if (_lines.TryGetValue(path.ToString(), out var line))
            {
                return $"{problem} (line {line})";
            }

            path = path[..Math.Max(path.LastIndexOf('.'), 0)];
        }

        return _badName is { } bad && problem.Contains(JsonFields.NotUnicode, StringComparison.Ordinal)
            ? $"{problem} (line {bad})"
            : problem;
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
