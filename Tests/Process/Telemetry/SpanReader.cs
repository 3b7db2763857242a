using System.Globalization;
using Google.Protobuf;

namespace FlowGpt.Tests.Process.Telemetry;

/// <summary>
/// Reads the spans of an OTLP <c>ExportTraceServiceRequest</c>. Field numbers are those of opentelemetry-proto's trace.proto, resource.proto
/// and common.proto; fields that no test asks for are skipped.
/// </summary>
internal static class SpanReader
{
    public static List<ExportedSpan> Read(byte[] request)
    {
        var spans = new List<ExportedSpan>();
        foreach (var resourceSpans in Messages(request, 1))
        {
            var resource = Messages(resourceSpans, 1).SelectMany(one => Attributes(one, 1)).ToDictionary();
            foreach (var scopeSpans in Messages(resourceSpans, 2))
            {
                var source = Messages(scopeSpans, 1).Select(scope => Text(scope, 1)).FirstOrDefault() ?? "";
                spans.AddRange(Messages(scopeSpans, 2).Select(span => Span(span, resource.GetValueOrDefault("service.name", ""), source)));
            }
        }

        return spans;
    }

    private static ExportedSpan Span(byte[] span, string service, string source) =>
        new(
            service,
            source,
            Hex(span, 1),
            Hex(span, 2),
            Hex(span, 4),
            Text(span, 5),
            (int)Number(span, 6),
            Attributes(span, 9).ToDictionary(),
            [.. Messages(span, 11).Select(one => Text(one, 2))],
            Messages(span, 15).Any(status => Number(status, 3) == 2),
            TimeSpan.FromMicroseconds((Number(span, 8) - Number(span, 7)) / 1000.0)
        );

    private static IEnumerable<KeyValuePair<string, string>> Attributes(byte[] message, int field) =>
        Messages(message, field).Select(pair => KeyValuePair.Create(Text(pair, 1), Value(Messages(pair, 2).Single())));

    private static string Value(byte[] any)
    {
        var input = new CodedInputStream(any);
        return WireFormat.GetTagFieldNumber(input.ReadTag()) switch
        {
            1 => input.ReadString(),
            2 => input.ReadBool() ? "true" : "false",
            3 => input.ReadInt64().ToString(CultureInfo.InvariantCulture),
            4 => input.ReadDouble().ToString(CultureInfo.InvariantCulture),
            5 => string.Join(',', Messages(input.ReadBytes().ToByteArray(), 1).Select(Value)),
            _ => "",
        };
    }

    private static string Text(byte[] message, int field) =>
        Fields(message, field, static (input, _) => input.ReadString()).FirstOrDefault() ?? "";

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Messages(message, field).FirstOrDefault() ?? []);

    private static List<byte[]> Messages(byte[] message, int field) =>
        Fields(message, field, static (input, _) => input.ReadBytes().ToByteArray());

    private static long Number(byte[] message, int field) =>
        Fields(
                message,
                field,
                static (input, tag) =>
                    WireFormat.GetTagWireType(tag) == WireFormat.WireType.Fixed64 ? (long)input.ReadFixed64() : input.ReadInt64()
            )
            .FirstOrDefault();

    private static List<T> Fields<T>(byte[] message, int field, Func<CodedInputStream, uint, T> read)
    {
        var found = new List<T>();
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field)
            {
                found.Add(read(input, tag));
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
