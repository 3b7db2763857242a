using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>The members of a block that no neutral part or item has, as one JSON object.</summary>
internal static class BlockMark
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object; null when the block has no such member.</summary>
    /// <param name="block">The block.</param>
    /// <param name="known">Names of the members that the part or item has; <c>type</c> is among them.</param>
    public static string? Of(JsonElement block, string[] known)
    {
        ArrayBufferWriter<byte>? bytes = null;
        Utf8JsonWriter? json = null;
        foreach (var member in block.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || known.Contains(member.Name))
            {
                continue;
            }

            if (json is null)
            {
                bytes = new ArrayBufferWriter<byte>(64);
                json = new Utf8JsonWriter(bytes, Json);
                json.WriteStartObject();
            }

            member.WriteTo(json);
        }

        if (json is null)
        {
            return null;
        }

        json.WriteEndObject();
        json.Dispose();
        return Encoding.UTF8.GetString(bytes!.WrittenSpan);
    }
}
