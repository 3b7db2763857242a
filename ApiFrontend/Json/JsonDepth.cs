using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Distinguishes a body whose arrays and objects are nested too deep from a body that is no JSON.</summary>
internal static class JsonDepth
{
    /// <summary>A path names so many levels; more levels do not help a reader.</summary>
    private const int NamedLevels = 4;

    /// <summary>Whether the reader stopped because of the depth.</summary>
    public static bool IsExceeded(JsonException exception) =>
        exception.Message.Contains("maximum configured depth", StringComparison.Ordinal);

    /// <summary>The error, with the field that is nested too deep.</summary>
    /// <param name="body">The body.</param>
    /// <param name="most">How many levels are accepted, the body's own included.</param>
    public static ApiError Error(in ReadOnlySequence<byte> body, int most)
    {
        var path = PathOf(body, most);
        return RequestErrors.Invalid(
            path.Length == 0 ? "body" : path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"nested too deep: at most {most} levels of objects and arrays are accepted, counted from the whole body."
            )
        );
    }

    /// <summary>Where the first value is that is nested too deep, as far as the outer levels go.</summary>
    private static string PathOf(in ReadOnlySequence<byte> body, int most)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = most });
        var levels = new (string? Name, int Index)[NamedLevels + 1];
        var isArray = new bool[NamedLevels + 1];
        try
        {
            while (json.Read())
            {
                Step(ref json, levels, isArray);
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
        foreach (var (name, index) in levels.Skip(1))
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

    private static void Step(ref Utf8JsonReader json, (string? Name, int Index)[] levels, bool[] isArray)
    {
        var depth = json.CurrentDepth;
        if (depth < isArray.Length && json.TokenType == JsonTokenType.PropertyName)
        {
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
