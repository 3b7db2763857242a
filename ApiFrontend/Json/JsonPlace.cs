using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Says where in a body is what the JSON reader does not take, such as <c>messages[0].content</c>. For errors: it reads the body again.</summary>
internal static class JsonPlace
{
    /// <summary>A path names so many levels; more levels do not help a reader.</summary>
    private const int NamedLevels = 4;

    /// <summary>Where the first value is that is nested too deep, as far as the outer levels go; empty for the body itself.</summary>
    /// <param name="body">The body.</param>
    /// <param name="most">How many levels are accepted, the body's own included.</param>
    public static string OfTooDeep(in ReadOnlySequence<byte> body, int most) => Find(body, most, endsAtBadText: false);

    /// <summary>Where the first string is that is no text; empty for the name of a member of the body.</summary>
    public static string OfBadText(in ReadOnlySequence<byte> body) => Find(body, ParsedBody.MostLevels, endsAtBadText: true);

    private static string Find(in ReadOnlySequence<byte> body, int most, bool endsAtBadText)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = most });
        var levels = new (string? Name, int Index)[NamedLevels + 1];
        var isArray = new bool[NamedLevels + 1];
        try
        {
            while (json.Read())
            {
                Step(ref json, levels, isArray);
                if (endsAtBadText && json.TokenType == JsonTokenType.String && !IsText(ref json))
                {
                    break;
                }
            }
        }
        catch (JsonException)
        {
            // The place that was reached.
        }
        catch (InvalidOperationException)
        {
            // A name that is no text.
        }

        var path = new StringBuilder();
        foreach (var (name, index) in levels.Skip(1).Take(json.CurrentDepth))
        {
            if (name is not null)
            {
                path.Append(path.Length == 0 ? "" : ".").Append(RequestErrors.Shorten(name));
            }
            else if (index >= 0 && path.Length > 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
        }

        return path.ToString();
    }

    private static bool IsText(ref Utf8JsonReader json) =>
        json.HasValueSequence ? Utf8.IsValid(json.ValueSequence.ToArray()) : Utf8.IsValid(json.ValueSpan);

    private static void Step(ref Utf8JsonReader json, (string? Name, int Index)[] levels, bool[] isArray)
    {
        var depth = json.CurrentDepth;
        if (depth < isArray.Length && json.TokenType == JsonTokenType.PropertyName)
        {
            // Where the name is no text, the one before it is not told.
            levels[depth] = (null, -1);
            levels[depth] = (json.GetString(), -1);
            return;
        }

        if (json.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
        {
            return;
        }

        if (depth < isArray.Length && isArray[depth])
        {
            levels[depth].Index++;
        }

        if (depth + 1 < isArray.Length && json.TokenType is (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            isArray[depth + 1] = json.TokenType == JsonTokenType.StartArray;
            Array.Fill(levels, (null, -1), depth + 1, levels.Length - depth - 1);
        }
    }
}
