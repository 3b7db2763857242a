using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>
/// The first problem of a request that is being read, and where parts are that a model may not be able to take. Reading continues after a problem and gives nothing of use
/// from then on.
/// </summary>
internal sealed class RequestProblems
{
    private PartPlaces? _places;

    /// <summary>The first problem; null while there is none.</summary>
    public ApiError? First { get; private set; }

    /// <summary>Notes a problem, unless there was an earlier one.</summary>
    public void Add(ApiError error) => First ??= error;

    /// <summary>Where images, files and audio are; null while there are none.</summary>
    public PartPlaces? Places => _places;

    /// <summary>Notes where a part is.</summary>
    public void Note(Part? part, RequestField field) => PartPlaces.Note(ref _places, part, () => field.Path);
}

/// <summary>
/// One value of a parsed request body and where it is. Every reader takes <c>null</c> for "not given", notes what is wrong with the value in the request's
/// <see cref="RequestProblems"/> and then gives null.
/// </summary>
internal sealed class RequestField
{
    private readonly RequestField? _parent;
    private readonly string _name;
    private readonly int _index;
    private readonly RequestProblems _problems;

    private RequestField(RequestField? parent, string name, int index, JsonElement value, RequestProblems problems)
    {
        _parent = parent;
        _name = name;
        _index = index;
        Value = value;
        _problems = problems;
    }

    /// <summary>The root of a body, which is an object.</summary>
    public static RequestField Root(JsonElement body, RequestProblems problems) => new(null, "", -1, body, problems);

    /// <summary>The value; <see cref="JsonValueKind.Undefined"/> when the member is not there.</summary>
    public JsonElement Value { get; }

    /// <summary>Whether there is a value other than <c>null</c>.</summary>
    public bool IsGiven => Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Where the value is, such as <c>input[0].content[1].type</c>.</summary>
    public string Path
    {
        get
        {
            var parent = _parent?.Path ?? "";
            return _index >= 0 ? string.Create(CultureInfo.InvariantCulture, $"{parent}[{_index}]")
                : parent.Length == 0 ? _name
                : $"{parent}.{_name}";
        }
    }

    /// <summary>A member of this object.</summary>
    public RequestField this[string name] =>
        new(
            this,
            name,
            -1,
            Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var member) ? member : default,
            _problems
        );

    /// <summary>Where images, files and audio of the request are; null while there are none.</summary>
    public PartPlaces? Places => _problems.Places;

    /// <summary>Notes that this value is the part, and gives the part back.</summary>
    public T? Is<T>(T? part)
        where T : Part
    {
        _problems.Note(part, this);
        return part;
    }

    /// <summary>Notes a problem of the request.</summary>
    public void Refuse(ApiError error) => _problems.Add(error);

    /// <summary>Notes that the value has another type than it must have.</summary>
    public void RefuseType(string expected) => Refuse(RequestErrors.InvalidType(Path, expected, Describe(Value)));

    /// <summary>Notes that this required value is missing.</summary>
    public void RefuseMissing() => Refuse(RequestErrors.Missing(Path));

    public string? String()
    {
        if (!IsGiven)
        {
            return null;
        }

        if (Value.ValueKind == JsonValueKind.String)
        {
            return Value.GetString();
        }

        RefuseType("a string");
        return null;
    }

    /// <summary>A string that must be there and not be empty; else an empty string.</summary>
    public string Required()
    {
        var text = String();
        if (string.IsNullOrEmpty(text))
        {
            RefuseMissing();
        }

        return text ?? "";
    }

    /// <summary>A string of at most so many characters.</summary>
    public string? String(int most)
    {
        var text = String();
        if (text?.Length > most)
        {
            Refuse(RequestErrors.StringTooLong(Path, most, text.Length));
        }

        return text;
    }

    public bool? Boolean()
    {
        if (Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return Value.GetBoolean();
        }

        if (IsGiven)
        {
            RefuseType("a boolean");
        }

        return null;
    }

    public long? Integer(long least, long most)
    {
        if (!IsGiven)
        {
            return null;
        }

        if (Value.ValueKind != JsonValueKind.Number || !Value.TryGetInt64(out var number))
        {
            RefuseType("an integer");
            return null;
        }

        if (number >= least && number <= most)
        {
            return number;
        }

        RefuseRange(integer: true, number > most, number > most ? most : least, number);
        return null;
    }

    public double? Decimal(double least, double most)
    {
        if (!IsGiven)
        {
            return null;
        }

        if (Value.ValueKind != JsonValueKind.Number || !Value.TryGetDouble(out var number))
        {
            RefuseType("a decimal");
            return null;
        }

        if (number >= least && number <= most)
        {
            return number;
        }

        RefuseRange(integer: false, number > most, number > most ? most : least, number);
        return null;
    }

    /// <summary>A string that must be one of a few.</summary>
    public string? Choice(params ReadOnlySpan<string> choices)
    {
        var text = String();
        if (text is null || choices.Contains(text))
        {
            return text;
        }

        var supported = string.Join(", ", choices.ToArray().Select(static choice => $"'{choice}'"));
        Refuse(RequestErrors.InvalidValue(Path, text, supported));
        return null;
    }

    /// <summary>Whether the value is an object; another value is noted as a problem.</summary>
    public bool IsObject()
    {
        if (Value.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        if (IsGiven)
        {
            RefuseType("an object");
        }

        return false;
    }

    /// <summary>An object as the JSON text that the client sent.</summary>
    public string? Object() => IsObject() ? Value.GetRawText() : null;

    /// <summary>The elements of an array; none when the array is not given.</summary>
    public IEnumerable<RequestField> Elements(string expected = "an array of objects")
    {
        if (Value.ValueKind != JsonValueKind.Array)
        {
            if (IsGiven)
            {
                RefuseType(expected);
            }

            yield break;
        }

        var index = 0;
        foreach (var element in Value.EnumerateArray())
        {
            yield return new RequestField(this, "", index++, element, _problems);
        }
    }

    private void RefuseRange(bool integer, bool above, double bound, double got) =>
        Refuse(
            RequestErrors.OutOfRange(
                Path,
                integer,
                above,
                bound.ToString(CultureInfo.InvariantCulture),
                got.ToString(CultureInfo.InvariantCulture)
            )
        );

    private static string Describe(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => "a string",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            JsonValueKind.Array => "an array",
            JsonValueKind.Object => "an object",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal",
            _ => "null",
        };
}
