using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlowGpt.Simulator.Json;

/// <summary>A request body read as JSON, or what is wrong with it.</summary>
/// <param name="Value">The body; null when there is a problem.</param>
/// <param name="Field">The field that is wrong, or <c>body</c>.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal readonly record struct JsonBody<T>(T? Value, string Field, string? Problem)
    where T : class;

/// <summary>Reads request bodies.</summary>
internal static class JsonBody
{
    private const string PathPrefix = "$.";

    public static async ValueTask<JsonBody<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.BodyReader, type, context.RequestAborted);
            return new JsonBody<T>(value, "body", value is null ? "must be a JSON object, not null" : null);
        }
        catch (JsonException exception)
        {
            var (field, problem) = Explain(exception);
            return new JsonBody<T>(null, field, problem);
        }
    }

    private static (string Field, string Problem) Explain(JsonException exception)
    {
        var path = exception.Path ?? "$";
        if (!path.StartsWith(PathPrefix, StringComparison.Ordinal))
        {
            return ("body", $"must be one JSON object (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine})");
        }

        var field = path[PathPrefix.Length..];
        return exception.Message switch
        {
            var message when message.StartsWith("must be", StringComparison.Ordinal) => (field, message),
            var message when message.Contains("could not be mapped", StringComparison.Ordinal) => (field, "is unknown"),
            var message when message.Contains("could not be converted", StringComparison.Ordinal) => (field, "has the wrong type"),
            _ => (field, $"is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine})"),
        };
    }
}
