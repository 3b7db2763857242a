using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Simulator.OpenAi.Embeddings;

/// <summary>Vectors of length one that depend on the text alone: equal texts have equal vectors.</summary>
internal static class EmbeddingVector
{
    public static float[] Of(string text, int dimensions)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var state = BitConverter.ToUInt64(seed);
        var vector = new float[dimensions];
        var length = 0d;
        for (var i = 0; i < dimensions; i++)
        {
            // A linear congruential generator: the values only have to differ.
            state = (state * 6364136223846793005) + 1442695040888963407;
            vector[i] = ((state >> 40) / (float)(1 << 24)) - 0.5f;
            length += vector[i] * vector[i];
        }

        for (var i = 0; i < dimensions; i++)
        {
            vector[i] = (float)(vector[i] / Math.Sqrt(length));
        }

        return vector;
    }

    /// <summary>The vector's little-endian bytes in base 64.</summary>
    public static string Base64(float[] vector) => Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()));
}
