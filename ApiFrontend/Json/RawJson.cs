using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Takes a value out of a body as the JSON text that the client sent.</summary>
internal static class RawJson
{
    /// <summary>The value on whose first token the reader stands; the reader is left on the value's last token.</summary>
    /// <param name="json">Reads <paramref name="body"/> from its start.</param>
    /// <param name="body">The whole body.</param>
    public static string Read(ref Utf8JsonReader json, in ReadOnlySequence<byte> body)
    {
        var start = json.TokenStartIndex;
        json.Skip();
        var bytes = body.Slice(start, json.BytesConsumed - start).ToArray();
        LoneSurrogates.Replace(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Appends a stretch of the body.</summary>
    public static void Copy(in ReadOnlySequence<byte> body, long start, long end, IBufferWriter<byte> output)
    {
        var length = checked((int)(end - start));
        var span = output.GetSpan(length)[..length];
        body.Slice(start, length).CopyTo(span);
        LoneSurrogates.Replace(span);
        output.Advance(length);
    }
}
