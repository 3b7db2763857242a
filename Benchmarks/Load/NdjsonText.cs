using System.Text.Json;

namespace FlowGpt.Benchmarks.Load;

/// <summary>The upstream's own stream: one JSON object a line, text in <c>data</c>.</summary>
internal sealed class NdjsonText : ReplyText
{
    protected override void TakeLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                AppendText(ref reader);
            }
        }
    }
}
