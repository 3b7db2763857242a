using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Takes values out of a parsed body and keeps the first problem. A missing member and null are the same. One request each.</summary>
internal sealed class BodyChecks
{
    /// <summary>The first problem; null while all is well.</summary>
    public ApiError? First { get; private set; }

    /// <summary>Notes a problem.</summary>
    public void Add(ApiError problem) => First ??= problem;

    public string? Text(JsonElement owner, string name, FieldPath path)
    {
        if (!TryGet(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        WrongType(path, "a string", value);
        return null;
    }

    /// <summary>A text that must be there.</summary>
    public string NeededText(JsonElement owner, string name, FieldPath path)
    {
        var text = Text(owner, name, path);
        if (text is null)
        {
            Add(RequestErrors.Missing(path.ToString()));
        }

        return text ?? "";
    }

    public bool? Flag(JsonElement owner, string name, FieldPath path)
    {
        if (!TryGet(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        WrongType(path, "a boolean", value);
        return null;
    }

    public long? Integer(JsonElement owner, string name, FieldPath path, long least)
    {
        if (!TryGet(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            WrongType(path, "an integer", value);
            return null;
        }

        if (number < least)
        {
            Add(RequestErrors.OutOfRange(path.ToString(), integer: true, above: false, Invariant(least), Invariant(number)));
        }

        return number;
    }

    public double? Decimal(JsonElement owner, string name, FieldPath path, double least, double most)
    {
        if (!TryGet(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            WrongType(path, "a decimal", value);
            return null;
        }

        if (!(number >= least && number <= most))
        {
            var above = number > most;
            Add(RequestErrors.OutOfRange(path.ToString(), integer: false, above, Invariant(above ? most : least), Invariant(number)));
        }

        return number;
    }

    /// <summary>A member that is an object; false when there is none.</summary>
    public bool TryObject(JsonElement owner, string name, FieldPath path, out JsonElement value) =>
        TryGet(owner, name, out value) && Is(value, JsonValueKind.Object, path, "an object");

    /// <summary>A member that is an array; false when there is none.</summary>
    public bool TryArray(JsonElement owner, string name, FieldPath path, string of, out JsonElement value) =>
        TryGet(owner, name, out value) && Is(value, JsonValueKind.Array, path, $"an array of {of}");

    /// <summary>Whether a value is of a kind; notes a problem when not.</summary>
    public bool Is(JsonElement value, JsonValueKind kind, FieldPath path, string expected)
    {
        if (value.ValueKind == kind)
        {
            return true;
        }

        WrongType(path, expected, value);
        return false;
    }

    public void WrongType(FieldPath path, string expected, JsonElement value) =>
        Add(
            RequestErrors.InvalidType(
                path.ToString(),
                expected,
                value.ValueKind switch
                {
                    JsonValueKind.String => "a string",
                    JsonValueKind.Number => "a number",
                    JsonValueKind.True or JsonValueKind.False => "a boolean",
                    JsonValueKind.Array => "an array",
                    JsonValueKind.Object => "an object",
                    _ => "null",
                }
            )
        );

    /// <summary>A member that is there and not null.</summary>
    public static bool TryGet(JsonElement owner, string name, out JsonElement value) =>
        owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Invariant(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
