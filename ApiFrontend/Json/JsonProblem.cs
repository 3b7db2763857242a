using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Says what is wrong with a body that is no JSON, in the gateway's own words: the library's text quotes the body and names its options.</summary>
internal static class JsonProblem
{
    /// <summary>The error of a body that could not be read.</summary>
    /// <param name="exception">What the reader threw.</param>
    /// <param name="body">The body.</param>
    /// <param name="levels">How deep the reader lets a body be nested.</param>
    public static ApiError Of(JsonException exception, in ReadOnlySequence<byte> body, int levels) =>
        JsonDepth.IsExceeded(exception) ? JsonDepth.Error(body, levels) : RequestErrors.InvalidJson(Describe(exception, body.IsEmpty));

    /// <summary>What is wrong and where, as a sentence.</summary>
    /// <param name="exception">What the reader threw.</param>
    /// <param name="isEmpty">Whether the body has no byte.</param>
    public static string Describe(JsonException exception, bool isEmpty)
    {
        if (isEmpty)
        {
            return "The body is empty; send a JSON object.";
        }

        // Positions count from 0; people and editors count from 1.
        var place = string.Create(
            CultureInfo.InvariantCulture,
            $"line {exception.LineNumber.GetValueOrDefault() + 1}, byte {exception.BytePositionInLine.GetValueOrDefault() + 1}"
        );
        return exception.Message.Contains("trailing comma", StringComparison.Ordinal)
            ? $"There is a comma before the closing bracket at {place}; remove the comma."
            : $"The text is not valid at {place}.";
    }
}
