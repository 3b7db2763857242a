using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The answer to <c>POST /conversation/create</c>. Only a non-empty string <c>id</c> at its top is relied on. Pure.</summary>
internal static class ConversationCreated
{
    /// <summary>The conversation's id; null when the body has none.</summary>
    public static string? ReadId(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            json.Read();
            while (json.TokenType != JsonTokenType.None && json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isId = json.ValueTextEquals("id"u8);
                json.Read();
                if (isId && json.TokenType == JsonTokenType.String && json.GetString() is { Length: > 0 } id)
                {
                    return id;
                }

                json.Skip();
            }
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException) { }

        return null;
    }
}
