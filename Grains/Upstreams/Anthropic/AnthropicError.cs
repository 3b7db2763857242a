using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>What a server says of a failure, for the classification alone: nothing of it reaches a client except a field's name. Pure.</summary>
/// <param name="Type">Such as <c>overloaded_error</c>; empty when there is none.</param>
/// <param name="Message">The server's words; empty when there are none.</param>
internal sealed record AnthropicError(string Type, string Message)
{
    private const int LongestParam = 200;

    /// <summary>Nothing is known.</summary>
    public static AnthropicError None { get; } = new("", "");

    /// <summary>The field that the words begin with, such as <c>messages.0.content</c>; null when they begin with none.</summary>
    public string? Param
    {
        get
        {
            var end = Message.IndexOf(':', StringComparison.Ordinal);
            return end is > 0 and <= LongestParam && Message.AsSpan(0, end).ContainsAnyExcept(FieldLetters) is false
                ? Message[..end]
                : null;
        }
    }

    private static System.Buffers.SearchValues<char> FieldLetters { get; } =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.");

    /// <summary>Whether the words hold a phrase, in any case.</summary>
    public bool Says(string phrase) => Message.Contains(phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>{"type":"error","error":{…}}</c>, or the inner object alone.</summary>
    public static AnthropicError Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = LoneSurrogates.Replaced(json.RootElement);
            if (root.ValueKind != JsonValueKind.Object)
            {
                return None;
            }

            var error = root.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
            return new AnthropicError(Text(error, "type"), Text(error, "message"));
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
