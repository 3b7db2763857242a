using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Distinguishes a body whose arrays and objects are nested too deep from a body that is no JSON.</summary>
internal static class JsonDepth
{
    /// <summary>Whether the reader stopped because of the depth.</summary>
    public static bool IsExceeded(JsonException exception) =>
        exception.Message.Contains("maximum configured depth", StringComparison.Ordinal);

    /// <summary>The error, with the field that is nested too deep.</summary>
    /// <param name="body">The body.</param>
    /// <param name="most">How many levels are accepted, the body's own included.</param>
    public static ApiError Error(in ReadOnlySequence<byte> body, int most)
    {
        var path = JsonPlace.OfTooDeep(body, most);
        return RequestErrors.Invalid(
            path.Length == 0 ? "body" : path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"nested too deep: at most {most} levels of objects and arrays are accepted, counted from the whole body."
            )
        );
    }
}
