using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>A block of a message while it is being received.</summary>
/// <param name="index">Its number in the message.</param>
/// <param name="json">The block as it was at its start.</param>
internal sealed class Block(int index, JsonElement json)
{
    /// <summary>Decodes what the block's deltas bring.</summary>
    public JsonTextDecoder Decoder;

    public int Index { get; } = index;

    public JsonElement Json { get; } = json;

    public string Type { get; } = json.GetProperty("type").GetString() ?? "";

    /// <summary>The item that the block became; null before the item's first content.</summary>
    public int? Item { get; set; }

    /// <summary>Whether the block calls a tool of free text.</summary>
    public bool IsCustom { get; set; }

    /// <summary>The arguments of a call so far.</summary>
    public ArrayBufferWriter<byte> Input { get; } = new(64);

    /// <summary>The signature of a thought so far.</summary>
    public ArrayBufferWriter<byte> Signature { get; } = new(64);

    /// <summary>The block as it is at its end: its start with the input that came in deltas.</summary>
    public string WithInput()
    {
        if (Input.WrittenCount == 0)
        {
            return Json.GetRawText();
        }

        var block = JsonNode.Parse(Json.GetRawText())!.AsObject();
        block["input"] = JsonNode.Parse(LoneSurrogates.Replaced(Encoding.UTF8.GetString(Input.WrittenSpan)));
        return block.ToJsonString();
    }
}

/// <summary>The arguments of a call as a turn carries them.</summary>
internal static class CallText
{
    private static readonly JsonReaderOptions Json = new() { MaxDepth = 256 };

    /// <summary>The arguments; null when they are not a whole JSON object.</summary>
    /// <param name="input">The input as JSON.</param>
    /// <param name="isCustom">Whether the tool takes free text.</param>
    public static byte[]? Of(ReadOnlySpan<byte> input, bool isCustom)
    {
        try
        {
            var reader = new Utf8JsonReader(input, Json);
            using var json = JsonDocument.ParseValue(ref reader);
            if (reader.Read() || json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            return !isCustom ? input.ToArray()
                : LoneSurrogates.Replaced(json.RootElement).TryGetProperty(MessagesToolWriter.CustomInput, out var text)
                && text.ValueKind == JsonValueKind.String
                    ? Encoding.UTF8.GetBytes(text.GetString()!)
                : [];
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
