using System.Text.Json;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Reads the fields of a JSON object and notes every problem by the field's path: a field of the wrong kind, a missing field, and,
/// when <see cref="Done"/> is called, each field that was not asked for.
/// </summary>
internal sealed class JsonFields(JsonElement element, string path, List<string> problems)
{
    /// <summary>The problem of a text that cannot be read as Unicode.</summary>
    public const string NotUnicode = "has bytes that are no UTF-8, or half of a surrogate pair; save the file as UTF-8";

    private readonly HashSet<string> _known = [];

    /// <summary>The object.</summary>
    public JsonElement Element => element;

    /// <summary>Problems noted so far, those of other objects included.</summary>
    public int ProblemCount => problems.Count;

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

        var text = TextOf(value);
        if (text is null)
        {
            Problem(name, NotUnicode);
        }

        return text;
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
        foreach (var name in Names())
        {
            if (OptionalText(name) is { } value)
            {
                yield return (name, value);
            }
        }
    }

    /// <summary>The value of a field if nothing is wrong with it; else the problem is noted and the value is null.</summary>
    public string? Checked(string name, string? value, Func<string, string?> problemOf)
    {
        if (value is null || problemOf(value) is not { } problem)
        {
            return value;
        }

        Problem(name, problem);
        return null;
    }

    /// <summary>A required amount.</summary>
    public decimal? Amount(string name, Func<decimal, string?> problemOf)
    {
        if (!Has(name))
        {
            _known.Add(name);
            Problem(name, "is missing; add it");
        }

        return OptionalAmount(name, problemOf);
    }

    public decimal? OptionalAmount(string name, Func<decimal, string?> problemOf)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var amount))
        {
            Problem(name, $"is {Kind(value)} but must be a number");
            return null;
        }

        if (problemOf(amount) is { } problem)
        {
            Problem(name, problem);
            return null;
        }

        return amount;
    }

    /// <summary>The objects in a list, each with its path.</summary>
    /// <param name="name">The list's name.</param>
    /// <param name="others">Gets the path and the problem of what is no object; noted among the problems where this is null.</param>
    public IEnumerable<(string Place, JsonFields Item)> OptionalList(string name, Action<string, string>? others = null)
    {
        var index = 0;
        foreach (var item in Elements(name))
        {
            var place = $"{path}{name}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object)
            {
                yield return (place, new(item, place + ".", problems));
            }
            else if (others is not null)
            {
                others(place, $"{place} is {Kind(item)} but must be an object in braces");
            }
            else
            {
                problems.Add($"{place} is {Kind(item)} but must be an object in braces");
            }
        }
    }

    /// <summary>The texts in a list; what is no text is noted.</summary>
    public IEnumerable<string> OptionalTexts(string name)
    {
        var index = 0;
        foreach (var item in Elements(name))
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                problems.Add($"{path}{name}[{index}] is {Kind(item)} but must be a text in quotes");
            }
            else if (TextOf(item) is { } text)
            {
                yield return text;
            }
            else
            {
                problems.Add($"{path}{name}[{index}] {NotUnicode}");
            }

            index++;
        }
    }

    /// <summary>All fields as objects; for objects whose names are free. What is no object is noted, and is null here.</summary>
    public IEnumerable<(string Name, JsonFields? Fields)> Objects()
    {
        foreach (var name in Names())
        {
            var value = OptionalObject(name);
            if (!Has(name))
            {
                Problem(name, "is null but must be an object in braces");
            }

            yield return (name, value);
        }
    }

    /// <summary>Notes a problem of a field; an empty name means the object itself.</summary>
    public void Problem(string name, string problem) =>
        problems.Add(name.Length == 0 ? $"{path.TrimEnd('.')} {problem}" : $"{path}{name} {problem}");

    /// <summary>Notes each field that was not asked for.</summary>
    public void Done()
    {
        foreach (var name in Names())
        {
            if (!_known.Contains(name))
            {
                Problem(name, $"is not known; remove it, or use one of {string.Join(", ", _known.Order())}");
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

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The name of each field, once. A field that is there twice is noted.</summary>
    private IEnumerable<string> Names()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is { } name)
            {
                if (seen.Add(name))
                {
                    yield return name;
                }
                else
                {
                    Problem(name, "is there twice; remove one of the two");
                }
            }
            else
            {
                problems.Add($"{path.TrimEnd('.')} has the name of a field that {NotUnicode}".TrimStart());
            }
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement.ArrayEnumerator Elements(string name)
    {
        if (Find(name) is not { } value)
        {
            return default;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray();
        }

        Problem(name, $"is {Kind(value)} but must be a list");
        return default;
    }

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
