using System.Buffers;
using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Writes a call as the body of <c>POST /embeddings</c>. Pure.</summary>
internal static class EmbeddingRequestWriter
{
    /// <exception cref="UpstreamException">The input is not JSON; nothing was sent.</exception>
    public static void Write(IBufferWriter<byte> output, EmbeddingCall call, OpenAiPool pool)
    {
        using var json = new Utf8JsonWriter(output, ChatRequestWriter.JsonOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, call.Target.Model);
        json.WritePropertyName("input"u8);
        ChatRequestWriter.WriteRaw(json, call.Input, "input");
        if (call.Dimensions is { } dimensions && !pool.Lacks(OpenAiQuirks.Dimensions))
        {
            json.WriteNumber("dimensions"u8, dimensions);
        }

        if (!pool.Lacks(OpenAiQuirks.EncodingFormat))
        {
            json.WriteString("encoding_format"u8, "base64"u8);
        }

        ChatExtensionFields.Write(json, call.Extensions, call.ClientKeyId, pool);
        json.WriteEndObject();
    }
}
