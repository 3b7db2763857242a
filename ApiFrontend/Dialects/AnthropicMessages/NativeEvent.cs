using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// An event of the log whose payload is an event of a provider of this dialect: what the head of the reply (<c>message_start</c>) and its end (<c>message_delta</c>)
/// tell beyond the neutral fields, or a delta of a block that no neutral event has. Other providers' unknown fields are none of these.
/// </summary>
/// <param name="Start">The usage at the start, one JSON object; null when the event is another.</param>
/// <param name="Delta">The members <c>delta</c> and <c>usage</c> of the end, without braces; null when the event is another.</param>
/// <param name="IsBlockDelta">Whether the payload is the delta of a block.</param>
internal readonly record struct NativeEvent(string? Start, string? Delta, bool IsBlockDelta)
{
    public static NativeEvent Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = LoneSurrogates.Replaced(json.RootElement);
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("type", out var type)
                || type.ValueKind != JsonValueKind.String
            )
            {
                return default;
            }

            return type.GetString() switch
            {
                "message_start" when root.TryGetProperty("usage", out var usage) => new(usage.GetRawText(), null, false),
                "message_delta" when root.TryGetProperty("delta", out var delta) && root.TryGetProperty("usage", out var usage) => new(
                    null,
                    $"\"delta\":{delta.GetRawText()},\"usage\":{usage.GetRawText()}",
                    false
                ),
                "citations_delta" => new(null, null, true),
                _ => default,
            };
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
