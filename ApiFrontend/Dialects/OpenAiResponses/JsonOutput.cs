using System.Buffers;
using System.Globalization;
using System.Text;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Writes pieces of JSON as UTF-8.</summary>
internal static class JsonOutput
{
    /// <summary>Writes text that is JSON already.</summary>
    public static void Raw(IBufferWriter<byte> output, string json) => Encoding.UTF8.GetBytes(json, output);

    /// <summary>Writes a string, or null.</summary>
    public static void Text(IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(text));
        output.Write("\""u8);
    }

    /// <summary>Writes a string of bytes that are not escaped yet.</summary>
    public static void Text(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write("\""u8);
        JsonText.WriteEscaped(output, text);
        output.Write("\""u8);
    }

    /// <summary>Writes an integer.</summary>
    public static void Number(IBufferWriter<byte> output, long number) =>
        Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture), output);
}
