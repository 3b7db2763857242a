using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>Turns the upstream's lines into the events of a chat completion: one for each line, flushed for each read.</summary>
internal static class RelayEvents
{
    public static async Task CopyAsync(Stream lines, PipeWriter events, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(lines);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                WriteLine(rest.Slice(0, end), events);
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                WriteLine(rest, events);
                events.Write("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"u8);
                await events.FlushAsync(cancellationToken);
                return;
            }

            reader.AdvanceTo(rest.Start, rest.End);
            await events.FlushAsync(cancellationToken);
        }
    }

    private static void WriteLine(ReadOnlySequence<byte> line, PipeWriter events)
    {
        var reader = new Utf8JsonReader(line);
        while (!line.IsEmpty && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                events.Write("data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"u8);
                using (var json = new Utf8JsonWriter(events))
                {
                    json.WriteStringValue(reader.GetString());
                }

                events.Write("},\"finish_reason\":null}]}\n\n"u8);
                return;
            }
        }
    }
}
