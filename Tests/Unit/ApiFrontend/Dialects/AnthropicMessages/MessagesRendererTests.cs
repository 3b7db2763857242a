using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.AnthropicMessages;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>For any events and any slices the bytes are the same, blocks come one after the other, and the stream has the same content as the whole.</summary>
public sealed class MessagesRendererTests
{
    private static readonly ResponseHead Head = new("msg_1", DateTimeOffset.UnixEpoch, new CachedModel(FakeCatalog.Model("m", "")));

    [Property(MaxTest = 300)]
    public Property Stream_AnyEventsAndSlices_IsWellFormedAndEqualsTheWhole() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            seed =>
            {
                var random = new Random(seed);
                var log = RandomLog(random);
                var text = Stream(log, FinishReason.Stop, [log.Count]);

                Assert.Equal(text, Stream(log, FinishReason.Stop, [.. Cuts(random, log.Count), log.Count]));
                Assert.Equal(Whole(log)["content"]!.ToJsonString(), PutTogether(text).ToJsonString());
            }
        );

    [Fact]
    public void Stream_ParallelCallsThatEndTogether_AreBlocksOneAfterTheOther()
    {
        var log = new EventLog()
            .Call(0, "t1", "f")
            .Add(EventKind.ArgumentsDelta, 0, "{\"x\":")
            .Call(1, "t2", "g")
            .Add(EventKind.ArgumentsDelta, 1, "{}")
            .Add(EventKind.ArgumentsDelta, 0, "1}")
            .End(0)
            .End(1);

        var text = Stream(log, FinishReason.ToolCalls, [log.Count]);

        Assert.Equal(
            """[{"type":"tool_use","id":"t1","name":"f","caller":{"type":"direct"},"input":{"x":1}},{"type":"tool_use","id":"t2","name":"g","caller":{"type":"direct"},"input":{}}]""",
            PutTogether(text).ToJsonString()
        );
        Assert.Contains("\"stop_reason\":\"tool_use\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_EmptyMessageBeforeACall_MakesNoBlock()
    {
        var log = new EventLog().Add(EventKind.MessageStarted, 0, "").End(0).Call(1, "t1", "f").End(1);

        Assert.Equal(
            """[{"type":"tool_use","id":"t1","name":"f","caller":{"type":"direct"},"input":{}}]""",
            PutTogether(Stream(log, FinishReason.Stop, [log.Count])).ToJsonString()
        );
    }

    [Theory]
    [InlineData(FinishReason.Stop, "end_turn")]
    [InlineData(FinishReason.Length, "max_tokens")]
    [InlineData(FinishReason.ContentFilter, "refusal")]
    public void End_Reason_HasItsName(FinishReason reason, string name)
    {
        var log = new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "a").End(0);

        Assert.Contains($"\"stop_reason\":\"{name}\"", Stream(log, reason, [log.Count]), StringComparison.Ordinal);
        Assert.Equal(name, (string)Whole(log, reason)["stop_reason"]!);
    }

    [Fact]
    public void Render_NativeEvents_PassUsageStopAndCitations()
    {
        var log = new EventLog()
            .Add(EventKind.Extension, 0, """{"type":"message_start","usage":{"input_tokens":3,"cache_creation_input_tokens":7}}""")
            .Add(EventKind.MessageStarted, 0, "")
            .Text(0, "a")
            .Add(EventKind.Extension, 0, """{"type":"citations_delta","citation":{"cited_text":"q"}}""")
            .End(0)
            .Add(
                EventKind.Extension,
                0,
                """{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"x"},"usage":{"output_tokens":4,"server_tool_use":{"web_search_requests":1}}}"""
            );

        var text = Stream(log, FinishReason.Stop, [log.Count]);
        var whole = Whole(log);

        Assert.Contains("\"usage\":{\"input_tokens\":3,\"cache_creation_input_tokens\":7}", text, StringComparison.Ordinal);
        Assert.Contains("\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"cited_text\":\"q\"}}", text, StringComparison.Ordinal);
        Assert.Contains(
            "\"delta\":{\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"x\"},\"usage\":{\"output_tokens\":4",
            text,
            StringComparison.Ordinal
        );
        Assert.Equal("""[{"type":"text","text":"a","citations":[{"cited_text":"q"}]}]""", whole["content"]!.ToJsonString());
        Assert.Equal(("stop_sequence", "x"), ((string)whole["stop_reason"]!, (string)whole["stop_sequence"]!));
        Assert.Equal(1, (int)whole["usage"]!["server_tool_use"]!["web_search_requests"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"x\":")]
    [InlineData("[1]")]
    [InlineData("{} {}")]
    public void Whole_ArgumentsThatAreNoObject_AreStillAnObject(string arguments)
    {
        var log = new EventLog().Call(0, "t1", "f").Add(EventKind.ArgumentsDelta, 0, arguments).End(0);

        var input = Whole(log)["content"]![0]!["input"]!.AsObject();

        Assert.Equal(arguments, (string?)input["arguments"] ?? "");
    }

    private static string Stream(EventLog log, FinishReason reason, int[] cuts)
    {
        var renderer = new MessagesStreamRenderer(Head);
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

        renderer.WriteEnd(output, reason, new TokenUsage(10, 2, 3));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonNode Whole(EventLog log, FinishReason reason = FinishReason.Stop)
    {
        using var renderer = new MessagesWholeRenderer();
        foreach (var entry in log.All)
        {
            renderer.Add(entry);
        }

        var output = new ArrayBufferWriter<byte>();
        renderer.Write(output, Head, reason, new TokenUsage(10, 2, 3));
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    /// <summary>The content as a client assembles it; fails on events out of order.</summary>
    private static JsonArray PutTogether(string stream)
    {
        var frames = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var events = frames
            .Select(static frame => JsonNode.Parse(frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!)
            .ToList();
        Assert.All(
            frames.Zip(events),
            static pair => Assert.StartsWith($"event: {pair.Second["type"]}\ndata: ", pair.First, StringComparison.Ordinal)
        );
        Assert.Equal(
            ["message_start", "message_delta", "message_stop"],
            [(string)events[0]["type"]!, (string)events[^2]["type"]!, (string)events[^1]["type"]!]
        );
        var content = new JsonArray();
        var input = new StringBuilder();
        var isOpen = false;
        foreach (var one in events[1..^2])
        {
            var type = (string)one["type"]!;
            Assert.Equal(type != "content_block_start", isOpen);
            if (type == "content_block_start")
            {
                Assert.Equal(content.Count, (int)one["index"]!);
                content.Add(one["content_block"]!.DeepClone());
                input.Clear();
                isOpen = true;
            }
            else if (type == "content_block_stop")
            {
                isOpen = false;
                if (content[^1]!["input"] is not null && input.Length > 0)
                {
                    content[^1]!["input"] = JsonNode.Parse(input.ToString());
                }
            }
            else
            {
                Append(content[^1]!, one["delta"]!, input);
            }
        }

        Assert.False(isOpen);
        return content;
    }

    private static void Append(JsonNode block, JsonNode delta, StringBuilder input)
    {
        if ((string)delta["type"]! == "input_json_delta")
        {
            input.Append((string)delta["partial_json"]!);
            return;
        }

        foreach (var member in (ReadOnlySpan<string>)["text", "thinking", "signature"])
        {
            if (delta[member] is { } more)
            {
                block[member] = (string)block[member]! + (string)more!;
            }
        }
    }

    /// <summary>Items of every kind, of which later ones may begin before earlier ones have ended. All end.</summary>
    private static EventLog RandomLog(Random random)
    {
        string[] texts = ["a", "Hé", "\"\\\u2028\n", "\U0001F600"];
        var log = new EventLog();
        var open = new List<(int Item, EventKind Kind)>();
        var items = 0;
        for (var i = random.Next(30); i > 0; i--)
        {
            switch (random.Next(6))
            {
                case 0:
                    EventKind[] starts = [EventKind.MessageStarted, EventKind.ReasoningStarted];
                    var kind = starts[random.Next(2)];
                    open.Add((items, kind));
                    log.Add(kind, items++, "");
                    break;
                case 1:
                    open.Add((items, EventKind.ToolCallStarted));
                    log.Call(items, $"call_{items}\"", "f\\");
                    log.Add(EventKind.ArgumentsDelta, items++, "{\"x\":\"é\"}");
                    break;
                case 2:
                    log.Add(
                        EventKind.OpaqueItem,
                        items++,
                        DialectNames.AnthropicMessages + "\0" + """{"type":"server_tool_use","input":{"q":1}}"""
                    );
                    break;
                case 3 when open.Count > 0:
                    var ended = random.Next(open.Count);
                    log.End(open[ended].Item);
                    open.RemoveAt(ended);
                    break;
                default:
                    if (open.Count > 0 && open[random.Next(open.Count)] is (var item, not EventKind.ToolCallStarted) one)
                    {
                        log.Add(
                            one.Kind == EventKind.MessageStarted ? EventKind.TextDelta : EventKind.ReasoningDelta,
                            item,
                            texts[random.Next(texts.Length)]
                        );
                    }

                    break;
            }
        }

        open.ForEach(one => log.End(one.Item));
        return log;
    }

    private static IEnumerable<int> Cuts(Random random, int count) =>
        Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(count + 1)).Order();
}
