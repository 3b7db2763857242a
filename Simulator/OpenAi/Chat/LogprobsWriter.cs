using System.Text;
using System.Text.Json;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Writes invented log probabilities.</summary>
internal static class LogprobsWriter
{
    private const double Logprob = -0.125;

    public static void Write(Utf8JsonWriter writer, IEnumerable<string> tokens, int alternatives)
    {
        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            WriteToken(writer, token, Logprob);
            writer.WriteStartArray("top_logprobs"u8);
            for (var i = 0; i < alternatives; i++)
            {
                writer.WriteStartObject();
                WriteToken(writer, i == 0 ? token : "alternative" + i, Logprob - i);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, string token, double logprob)
    {
        writer.WriteString("token"u8, token);
        writer.WriteNumber("logprob"u8, logprob);
        writer.WriteStartArray("bytes"u8);
        foreach (var value in Encoding.UTF8.GetBytes(token))
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
