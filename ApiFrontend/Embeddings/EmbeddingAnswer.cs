using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Embeddings;

namespace FlowGpt.ApiFrontend.Embeddings;

/// <summary>Writes embeddings as OpenAI has them.</summary>
internal static class EmbeddingAnswer
{
    public static void Write(IBufferWriter<byte> destination, EmbeddingResult.Made made, string model, bool asBase64)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        for (var i = 0; i < made.Vectors.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, i);
            if (asBase64)
            {
                json.WriteBase64String("embedding"u8, made.Vectors[i].Span);
            }
            else
            {
                WriteNumbers(json, made.Vectors[i].Span);
            }

            json.WriteEndObject();
            // A large answer goes out in pieces.
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, made.Usage.PromptTokens);
        json.WriteNumber("total_tokens"u8, made.Usage.TotalTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> vector)
    {
        json.WriteStartArray("embedding"u8);
        for (; vector.Length >= sizeof(float); vector = vector[sizeof(float)..])
        {
            json.WriteNumberValue(BinaryPrimitives.ReadSingleLittleEndian(vector));
        }

        json.WriteEndArray();
    }
}
