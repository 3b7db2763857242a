using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>Reads fields of a JSON object and remembers the first that is wrong. A null counts as absent.</summary>
internal sealed class FieldReader
{
    public ApiError? Problem { get; private set; }

    public void Wrong(string path, string mustBe, string code = "invalid_value") =>
        Problem ??= ApiError.BadRequest($"Invalid value for '{path}': {mustBe}.", path, code);

    public void Missing(string path) =>
        Problem ??= ApiError.BadRequest($"Missing required parameter: '{path}'.", path, "missing_required_parameter");

    public static JsonElement? Field(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public string? Text(JsonElement body, string name, string path = "")
    {
        if (Field(body, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Wrong(path + name, "must be a string", "invalid_type");
        return null;
    }

    public bool? Switch(JsonElement body, string name, string path = "")
    {
        if (Field(body, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(path + name, "must be a boolean", "invalid_type");
        return null;
    }

    public int? Number(JsonElement body, string name, int lowest, int highest = int.MaxValue)
    {
        if (Field(body, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        Wrong(name, $"must be a whole number from {lowest} to {highest}");
        return null;
    }

    /// <summary>The elements of an array; nothing when the field is absent.</summary>
    public IEnumerable<(JsonElement Element, string Path)> List(JsonElement body, string name, string path = "")
    {
        if (Field(body, name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(path + name, "must be an array", "invalid_type");
            return [];
        }

        return value.EnumerateArray().Select((element, i) => (element, $"{path}{name}[{i}]"));
    }
}
