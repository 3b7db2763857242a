using System.Text.Json;

namespace FlowGpt.Benchmarks.Load;

/// <summary>A chat completion in one JSON object, which must say that it stopped by itself.</summary>
internal sealed class CompletionText : ReplyText
{
    public override void Append(ReadOnlySpan<byte> body) => Keep(body);

    public override void Finish()
    {
        var stopped = false;
        var reader = new Utf8JsonReader(Pending);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                AppendText(ref reader);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                stopped = reader.ValueTextEquals("stop"u8);
            }
        }

        Problem ??= stopped ? null : "no finish_reason 'stop'";
    }

    protected override void TakeLine(ReadOnlySpan<byte> line) => throw new NotSupportedException();
}
