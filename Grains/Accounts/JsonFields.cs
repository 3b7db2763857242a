using System.Text.Json;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Reads the fields of a JSON object and notes every problem by the field's path: a field of the wrong kind, one that is missing, and,
/// when <see cref="Done"/> is called, each one that nobody asked for.
/// </summary>
internal sealed class JsonFields(JsonElement element, string path, List<string> problems)
{
    private readonly HashSet<string> _known = [];

    public string Path => path;

    /// <summary>A required text.</summary>
    public string? Text(string name)
    {
        var text = OptionalText(name);
        if (text is null && !Has(name))
        {
            Problem(name, "is missing; add it");
        }

        return text;
    }

    public string? OptionalText(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Problem(name, $"is {Kind(value)} but must be a text in quotes");
            return null;
        }

        return value.GetString();
    }

    public bool? OptionalFlag(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Problem(name, $"is {Kind(value)} but must be true or false");
            return null;
        }

        return value.GetBoolean();
    }

    /// <summary>A whole number that passes the check.</summary>
    public int? OptionalNumber(string name, Func<long, string?> problemOf)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            Problem(name, $"is {Kind(value)} but must be a whole number");
            return null;
        }

        if (problemOf(number) is { } problem)
        {
            Problem(name, problem);
            return null;
        }

        return (int)number;
    }

    public JsonFields? OptionalObject(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Problem(name, $"is {Kind(value)} but must be an object in braces");
            return null;
        }

        return new(value, $"{path}{name}.", problems);
    }

    /// <summary>All fields as texts; for objects whose names are free.</summary>
    public IEnumerable<(string Name, string Value)> Texts()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (OptionalText(property.Name) is { } value)
            {
                yield return (property.Name, value);
            }
        }
    }

    public void Problem(string name, string problem) => problems.Add($"{path}{name} {problem}");

    /// <summary>Notes each field that was not asked for.</summary>
    public void Done()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                Problem(property.Name, $"is not known; remove it, or use one of {string.Join(", ", _known.Order())}");
            }
        }
    }

    public static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "null",
        };

    private bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return Has(name) ? element.GetProperty(name) : null;
    }
}
