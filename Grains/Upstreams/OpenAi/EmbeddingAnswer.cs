using System.Buffers.Binary;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads the answer to <c>POST /embeddings</c>, with vectors in base64 or as numbers. Pure.</summary>
internal static class EmbeddingAnswer
{
    /// <summary>The embeddings in the order of their indexes; null when the answer is not in the expected form or has a gap.</summary>
    public static EmbeddingReply? Read(ReadOnlySpan<byte> answer)
    {
        var vectors = new List<(int Index, ReadOnlyMemory<byte> Vector)>();
        TokenUsage? usage = null;
        try
        {
            var json = new Utf8JsonReader(answer);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isData = json.ValueTextEquals("data"u8);
                var isUsage = json.ValueTextEquals("usage"u8);
                json.Read();
                if (isUsage)
                {
                    usage = ReadUsage(ref json);
                }
                else if (isData && json.TokenType == JsonTokenType.StartArray)
                {
                    while (json.Read() && json.TokenType == JsonTokenType.StartObject)
                    {
                        vectors.Add(ReadVector(ref json, vectors.Count));
                    }
                }
                else
                {
                    json.Skip();
                }
            }
        }
        catch (Exception invalid) when (invalid is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }

        vectors.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        var isWhole =
            vectors.Count > 0
            && vectors.Select(static (vector, index) => vector.Index == index && !vector.Vector.IsEmpty).All(static whole => whole);
        return isWhole ? new EmbeddingReply([.. vectors.Select(static vector => vector.Vector)], usage, null) : null;
    }

    private static (int Index, ReadOnlyMemory<byte> Vector) ReadVector(ref Utf8JsonReader json, int place)
    {
        var index = place;
        var vector = ReadOnlyMemory<byte>.Empty;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = json.ValueTextEquals("index"u8);
            var isVector = json.ValueTextEquals("embedding"u8);
            json.Read();
            if (isIndex)
            {
                index = json.GetInt32();
            }
            else if (isVector && json.TokenType == JsonTokenType.String)
            {
                vector = json.GetBytesFromBase64();
            }
            else if (isVector && json.TokenType == JsonTokenType.StartArray)
            {
                vector = ReadNumbers(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return vector.Length % sizeof(float) == 0 ? (index, vector) : throw new FormatException("A vector has half a number.");
    }

    private static byte[] ReadNumbers(ref Utf8JsonReader json)
    {
        var vector = new byte[1536 * sizeof(float)];
        var length = 0;
        while (json.Read() && json.TokenType == JsonTokenType.Number)
        {
            if (length == vector.Length)
            {
                Array.Resize(ref vector, length * 2);
            }

            BinaryPrimitives.WriteSingleLittleEndian(vector.AsSpan(length), (float)json.GetDouble());
            length += sizeof(float);
        }

        return json.TokenType == JsonTokenType.EndArray
            ? vector[..length]
            : throw new FormatException("A vector has something other than numbers.");
    }

    private static TokenUsage? ReadUsage(ref Utf8JsonReader json)
    {
        // Embeddings make no tokens, and servers differ in whether they say so.
        var prompt = 0;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPrompt = json.ValueTextEquals("prompt_tokens"u8) || (prompt == 0 && json.ValueTextEquals("total_tokens"u8));
            json.Read();
            if (isPrompt && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var figure))
            {
                prompt = ReportedTokens.Of(figure);
            }

            json.Skip();
        }

        return prompt > 0 ? new TokenUsage(prompt, 0, 0, 0, UsageOrigin.Reported) : null;
    }
}
