using System.Text.Json;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>
/// Reads the fields of a JSON body and notes every problem by the field's path: a wrong kind, a missing field and, when <see cref="Done"/>
/// is called, each field that was not asked for.
/// </summary>
internal sealed class AdminFields(JsonElement element, string path, List<string> problems)
{
    private readonly HashSet<string> _known = [];

    /// <summary>Whether the field is there, null included.</summary>
    public bool Has(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out _);
    }

    /// <summary>Whether the field is there and null.</summary>
    public bool IsNull(string name) => Has(name) && element.GetProperty(name).ValueKind == JsonValueKind.Null;

    /// <summary>A text; null when it is null or not there.</summary>
    public string? Text(string name) =>
        Find(name) is { } value && Is(name, value, JsonValueKind.String, "a text") ? value.GetString() : null;

    public bool? Flag(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : Wrong<bool?>(name, value, "true or false");

    public long? Number(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
        : Wrong<long?>(name, value, "a whole number");

    /// <summary>One of the names of an enum, in camel case.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text)
            {
                return value;
            }
        }

        var names = string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName));
        problems.Add($"{path}{name} is not known; use one of {names}");
        return null;
    }

    public AdminFields? Object(string name) =>
        Find(name) is { } value && Is(name, value, JsonValueKind.Object, "an object") ? new(value, $"{path}{name}.", problems) : null;

    /// <summary>A list of texts; null when it is null or not there.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value || !Is(name, value, JsonValueKind.Array, "a list"))
        {
            return null;
        }

        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                texts.Add(item.GetString()!);
            }
            else
            {
                problems.Add($"{path}{name}[{texts.Count}] is {Kind(item)} but must be a text");
            }
        }

        return texts;
    }

    /// <summary>The names of all fields, for objects whose names are free; each counts as asked for.</summary>
    public IEnumerable<string> Names()
    {
        foreach (var property in element.EnumerateObject())
        {
            _known.Add(property.Name);
            yield return property.Name;
        }
    }

    /// <summary>The names of the fields that were not asked for and that are texts or null; other fields stay unknown.</summary>
    public IReadOnlyList<string> OtherTexts() =>
        [
            .. element
                .EnumerateObject()
                .Where(property =>
                    !_known.Contains(property.Name) && property.Value.ValueKind is (JsonValueKind.String or JsonValueKind.Null)
                )
                .Select(static property => property.Name),
        ];

    /// <summary>The objects in a list; null when the list is null or not there. What is no object is noted.</summary>
    public IReadOnlyList<AdminFields>? Objects(string name)
    {
        if (Find(name) is not { } value || !Is(name, value, JsonValueKind.Array, "a list"))
        {
            return null;
        }

        var objects = new List<AdminFields>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var place = $"{path}{name}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object)
            {
                objects.Add(new(item, place + ".", problems));
            }
            else
            {
                problems.Add($"{place} is {Kind(item)} but must be an object");
            }
        }

        return objects;
    }

    /// <summary>A number; null when it is null or not there.</summary>
    public decimal? Amount(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) ? amount
        : Wrong<decimal?>(name, value, "a number");

    /// <summary>Notes that a required field is not there.</summary>
    public void Missing(string name, string fix = "add it") => problems.Add($"{path}{name} is missing; {fix}");

    /// <summary>Notes another problem of a field.</summary>
    public void Wrong(string name, string problem) => problems.Add($"{path}{name} {problem}");

    /// <summary>Notes each field that was not asked for.</summary>
    public void Done()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                problems.Add($"{path}{property.Name} is not known; remove it, or use one of {string.Join(", ", _known.Order())}");
            }
        }
    }

    private JsonElement? Find(string name) =>
        Has(name) && element.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private bool Is(string name, JsonElement value, JsonValueKind kind, string expected)
    {
        if (value.ValueKind == kind)
        {
            return true;
        }

        Wrong<object?>(name, value, expected);
        return false;
    }

    private T? Wrong<T>(string name, JsonElement value, string expected)
    {
        problems.Add($"{path}{name} is {Kind(value)} but must be {expected}");
        return default;
    }

    private static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "null",
        };
}
