using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>A message of a client, as the body of the request that the message stands for.</summary>
/// <param name="Body">The body: JSON that asks for a stream.</param>
/// <param name="IsKept">Whether the response is kept where every connection finds it.</param>
/// <param name="IsWarmUp">Whether nothing is to be generated.</param>
internal sealed record SocketMessage(ReadOnlyMemory<byte> Body, bool IsKept, bool IsWarmUp)
{
    private const string Create = "response.create";

    private static readonly FrozenSet<string> Replaced = FrozenSet.Create(
        StringComparer.Ordinal,
        "type",
        "event_id",
        "stream",
        "stream_options",
        "background",
        "generate"
    );

    /// <summary>Reads a message. Null when all is well, else the problem.</summary>
    public static ApiError? Read(ReadOnlyMemory<byte> message, out SocketMessage? read)
    {
        read = null;
        message = LoneSurrogates.Replaced(message);
        try
        {
            using var tree = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = ParsedBody.MostLevels });
            var root = tree.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type))
            {
                return RequestErrors.Missing("type");
            }

            if (type.ValueKind != JsonValueKind.String || type.GetString() != Create)
            {
                return RequestErrors.InvalidValue("type", type.ToString(), $"'{Create}'");
            }

            if (IsTrue(root, "background"))
            {
                return RequestErrors.Unsupported("background", "Send a background request with POST.");
            }

            read = new(Write(root), !IsFalse(root, "store"), IsFalse(root, "generate"));
            return null;
        }
        catch (JsonException exception)
        {
            return JsonProblem.Of(exception, new ReadOnlySequence<byte>(message), ParsedBody.MostLevels);
        }
    }

    private static ReadOnlyMemory<byte> Write(JsonElement root)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteBoolean("stream"u8, true);
        foreach (var member in root.EnumerateObject())
        {
            if (!Replaced.Contains(member.Name))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static bool IsTrue(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static bool IsFalse(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.False;
}
