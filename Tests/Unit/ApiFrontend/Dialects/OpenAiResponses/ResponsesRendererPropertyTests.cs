using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.OpenAiResponses;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>For any events, any slices and any place of a reader the bytes are the same; numbers have no gaps; the end of an item holds the sum of its deltas.</summary>
public sealed class ResponsesRendererPropertyTests
{
    private static readonly ResponseHead Head = new(
        "resp_1",
        DateTimeOffset.UnixEpoch,
        new CachedModel(FakeCatalog.Model("gpt-4-free", ""))
    );

    private static readonly FinishReason[] Reasons = Enum.GetValues<FinishReason>();

    [Property(MaxTest = 300)]
    public Property Stream_AnySlicesAndAnyPlace_GivesTheSameBytes() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            static seed =>
            {
                var random = new Random(seed);
                var shape = Shape(random);
                var log = RandomLog(random);
                var reason = Reasons[random.Next(Reasons.Length)];
                var whole = Stream(shape, log, reason, [log.Count], skip: 0);
                var frames = whole.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
                var place = random.Next(frames.Length);

                Assert.Equal(whole, Stream(shape, log, reason, RandomCuts(random, log.Count), skip: 0));
                Assert.Equal(
                    string.Concat(frames.Skip(place).Select(static frame => frame + "\n\n")),
                    Stream(shape, log, reason, RandomCuts(random, log.Count), place)
                );
                Assert.Equal("data: [DONE]", frames[^1]);
                Assert.Equal(
                    Enumerable.Range(0, frames.Length - 1),
                    EventsOf(whole).Select(static e => e.GetProperty("sequence_number").GetInt32())
                );
            }
        );

    [Property(MaxTest = 300)]
    public Property Stream_AnyEvents_AreInOrderAndTheEndsRepeatTheDeltas() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            static seed =>
            {
                var random = new Random(seed);
                var shape = Shape(random);
                var log = RandomLog(random);
                var client = new AccumulatingClient();
                foreach (var one in EventsOf(Stream(shape, log, Reasons[random.Next(Reasons.Length)], [log.Count], 0)))
                {
                    client.Take(one);
                }

                client.CheckEnd();
            }
        );

    [Property(MaxTest = 200)]
    public Property Whole_AnyEvents_IsTheResponseOfTheStreamsEnd() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            static seed =>
            {
                var random = new Random(seed);
                var shape = Shape(random);
                var log = RandomLog(random);
                var reason = Reasons[random.Next(Reasons.Length)];
                using var renderer = new ResponsesWholeRenderer(shape) { EndedAt = DateTimeOffset.UnixEpoch };
                foreach (var entry in log.All)
                {
                    renderer.Add(entry);
                }

                var body = new ArrayBufferWriter<byte>();
                renderer.Write(body, Head, reason, new TokenUsage(1, 2, 3, 4));
                var last = EventsOf(Stream(shape, log, reason, [log.Count], 0))[^1].GetProperty("response");

                Assert.Equal(last.GetRawText(), Encoding.UTF8.GetString(body.WrittenSpan));
            }
        );

    [Fact]
    public void Error_HasItsFieldsBothWaysAndThenTheFailedResponse()
    {
        var renderer = new ResponsesStreamRenderer(Shape(new Random(1)), ResponseIdentity.Of(Head));
        var output = new ArrayBufferWriter<byte>();

        renderer.WriteError(output, GatewayErrors.Interrupted);

        var events = EventsOf(Encoding.UTF8.GetString(output.WrittenSpan));
        var error = events[^2];
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal("interrupted", error.GetProperty("code").GetString());
        Assert.Equal("interrupted", error.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("response.failed", events[^1].GetProperty("type").GetString());
        Assert.Equal("server_error", events[^1].GetProperty("response").GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(FinishReason.Length, "incomplete")]
    [InlineData(FinishReason.ContentFilter, "incomplete")]
    [InlineData(FinishReason.Stop, "completed")]
    public void End_OfTheLastMessage_HasTheStateThatTheResponseHas(FinishReason reason, string expected)
    {
        var log = new EventLog();
        for (var item = 0; item < 2; item++)
        {
            log.Add(EventKind.MessageStarted, item, "").Text(item, "cut").End(item);
        }

        var events = EventsOf(Stream(Shape(new Random(1)), log, reason, [log.Count], 0));

        Assert.Equal(expected, events[^1].GetProperty("response").GetProperty("status").GetString());
        Assert.Equal(
            ["completed", expected],
            events
                .Where(static one => one.GetProperty("type").GetString() == "response.output_item.done")
                .Select(static one => one.GetProperty("item").GetProperty("status").GetString())
        );
    }

    [Fact]
    public void End_OfAMessageBeforeACallThatIsCut_IsCompleted()
    {
        var log = new EventLog();
        log.Add(EventKind.MessageStarted, 0, "").Text(0, "whole").End(0).Call(1, "call_1", "f");

        var events = EventsOf(Stream(Shape(new Random(1)), log, FinishReason.Length, [log.Count], 0));

        var item = Assert.Single(events[^1].GetProperty("response").GetProperty("output").EnumerateArray());
        Assert.Equal("completed", item.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Error_AfterAMessage_EndsTheMessageAsTheFailedResponseShowsIt(bool hasEnded)
    {
        var log = new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "whole");
        log = hasEnded ? log.End(0) : log;
        var renderer = new ResponsesStreamRenderer(Shape(new Random(1)), ResponseIdentity.Of(Head));
        var output = new ArrayBufferWriter<byte>();
        foreach (var entry in log.All)
        {
            renderer.Write(output, entry);
        }

        renderer.WriteError(output, GatewayErrors.Interrupted);

        var events = EventsOf(Encoding.UTF8.GetString(output.WrittenSpan));
        var done = Assert.Single(events, static one => one.GetProperty("type").GetString() == "response.output_item.done");
        Assert.Equal(
            done.GetProperty("item").GetRawText(),
            Assert.Single(events[^1].GetProperty("response").GetProperty("output").EnumerateArray()).GetRawText()
        );
        Assert.Equal("incomplete", done.GetProperty("item").GetProperty("status").GetString());
        Assert.Single(events, static one => one.GetProperty("type").GetString() == "response.output_text.done");
    }

    private static string Stream(ResponseShape shape, EventLog log, FinishReason reason, int[] cuts, long skip)
    {
        var renderer = new ResponsesStreamRenderer(shape, ResponseIdentity.Of(Head), skip) { EndedAt = DateTimeOffset.UnixEpoch };
        var output = new ArrayBufferWriter<byte>();
        var from = 0;
        foreach (var to in cuts)
        {
            foreach (var entry in log.Range(from, to))
            {
                renderer.Write(output, entry);
            }

            from = to;
        }

        renderer.WriteEnd(output, reason, new TokenUsage(1, 2, 3, 4));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static List<JsonElement> EventsOf(string stream) =>
        [
            .. stream
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(static frame => frame != "data: [DONE]")
                .Select(static frame =>
                {
                    var lines = frame.Split('\n');
                    Assert.Equal(2, lines.Length);
                    var data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
                    Assert.Equal(lines[0], $"event: {data.GetProperty("type").GetString()}");
                    return data;
                }),
        ];

    private static ResponseShape Shape(Random random) =>
        new()
        {
            Echo = "\"metadata\":{}",
            IsBackground = random.Next(2) == 0,
            IncludesLogprobs = random.Next(2) == 0,
            IncludesSealedReasoning = random.Next(2) == 0,
            HasToolSearch = random.Next(2) == 0,
            Namespaced = random.Next(2) == 0 ? new Dictionary<string, NamespacedTool> { ["space__g"] = new("space", "g") } : null,
        };

    private static int[] RandomCuts(Random random, int count) =>
        [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(count + 1)).Order(), count];

    /// <summary>Items that start in any order, interleaved deltas, and items that may never end.</summary>
    private static EventLog RandomLog(Random random)
    {
        string[] texts = ["a", "Hé", "\"\\\u2028\n\n", "\U0001F600", "{\"x\":1}"];
        string[] names = ["f\\", "space__g", "tool_search"];
        var log = new EventLog();
        var open = new List<(int Item, EventKind Kind)>();
        var items = 0;
        for (var i = random.Next(40); i > 0; i--)
        {
            var text = texts[random.Next(texts.Length)];
            switch (random.Next(9))
            {
                case 0:
                    open.Add((items, EventKind.MessageStarted));
                    log.Add(EventKind.MessageStarted, items++, "");
                    break;
                case 1:
                    open.Add((items, EventKind.ToolCallStarted));
                    log.Call(items, $"call_{items}\"", names[random.Next(names.Length)], (ToolKind)random.Next(2));
                    items++;
                    break;
                case 2:
                    open.Add((items, EventKind.ReasoningStarted));
                    log.Add(EventKind.ReasoningStarted, items++, "");
                    break;
                case 3 when open.Count > 0:
                    var ended = random.Next(open.Count);
                    log.End(open[ended].Item);
                    open.RemoveAt(ended);
                    break;
                case 4:
                    var dialect = random.Next(2) == 0 ? DialectNames.OpenAiResponses : DialectNames.AnthropicMessages;
                    log.Add(EventKind.OpaqueItem, items++, $"{dialect}\0{{\"id\":\"ws_{items}\",\"type\":\"web_search_call\"}}");
                    break;
                default:
                    if (open.Count > 0 && open[random.Next(open.Count)] is var (item, kind))
                    {
                        log.Add(DeltaOf(kind, random), item, text);
                    }

                    break;
            }
        }

        return log;
    }

    private static EventKind DeltaOf(EventKind start, Random random) =>
        start switch
        {
            EventKind.ToolCallStarted => EventKind.ArgumentsDelta,
            EventKind.ReasoningStarted => random.Next(5) == 0 ? EventKind.ReasoningSealed : EventKind.ReasoningDelta,
            _ => random.Next(4) == 0 ? EventKind.RefusalDelta : EventKind.TextDelta,
        };
}
