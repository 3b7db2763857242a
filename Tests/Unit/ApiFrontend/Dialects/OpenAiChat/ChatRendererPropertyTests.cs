using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiChat;

/// <summary>For any events, any slices and any place of a reader the bytes are the same, and a tool call is whole or absent.</summary>
public sealed class ChatRendererPropertyTests
{
    private static readonly ResponseHead Head = new(
        "chatcmpl-1",
        DateTimeOffset.UnixEpoch,
        new CachedModel(FakeCatalog.Model("gpt-4-free", ""))
    );

    private static readonly FinishReason[] Reasons = Enum.GetValues<FinishReason>();

    [Property(MaxTest = 300)]
    public Property Stream_AnySlicesAndAnyPlace_GivesTheSameBytes() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            seed =>
            {
                var random = new Random(seed);
                var request = Request(random);
                var log = RandomLog(random);
                var reason = Reasons[random.Next(Reasons.Length)];
                var whole = Stream(request, log, reason, [log.Count], skip: 0);
                var frames = whole.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

                Assert.Equal(whole, Stream(request, log, reason, RandomCuts(random, log.Count), skip: 0));
                var place = random.Next(frames.Length + 1);
                Assert.Equal(
                    string.Concat(frames.Skip(place).Select(static frame => frame + "\n\n")),
                    Stream(request, log, reason, RandomCuts(random, log.Count), place)
                );
                Assert.Equal(1 + FramesOf(log, request) + 1 + (request.IncludeUsage ? 1 : 0) + 1, frames.Length);
            }
        );

    [Property(MaxTest = 300)]
    public Property Whole_AnyEvents_HasExactlyTheWholeCallsAndTheTextOfTheStream() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            seed =>
            {
                var random = new Random(seed);
                var request = Request(random) with { UsesFunctions = false };
                var log = RandomLog(random);
                using var renderer = new ChatWholeRenderer(request);
                foreach (var entry in log.All)
                {
                    renderer.Add(entry);
                }

                var body = new ArrayBufferWriter<byte>();
                renderer.Write(body, Head, FinishReason.Stop, default);
                var choice = JsonDocument.Parse(body.WrittenMemory).RootElement.GetProperty("choices")[0];
                var message = choice.GetProperty("message");
                var calls = WholeCalls(log);
                var streamed = Deltas(Stream(request, log, FinishReason.Stop, RandomCuts(random, log.Count), 0));

                Assert.Equal(streamed("content"), message.GetProperty("content").GetString() ?? "");
                Assert.Equal(streamed("refusal"), message.GetProperty("refusal").GetString() ?? "");
                Assert.Equal(
                    streamed("reasoning_content"),
                    message.TryGetProperty("reasoning_content", out var reasoning) ? reasoning.GetString() : ""
                );
                Assert.Equal(
                    calls,
                    message.TryGetProperty("tool_calls", out var written) ? [.. written.EnumerateArray().Select(CallOf)] : []
                );
                Assert.Equal(calls.Count > 0 ? "tool_calls" : "stop", choice.GetProperty("finish_reason").GetString());
            }
        );

    [Fact]
    public void Stream_ToolCalls_AreIndexedInTheOrderOfTheirStarts()
    {
        var log = new EventLog()
            .Add(EventKind.MessageStarted, 0, "")
            .Text(0, "a")
            .Call(1, "call_1", "f")
            .Call(2, "call_2", "g", ToolKind.Custom)
            .Add(EventKind.ArgumentsDelta, 1, "{\"x\":")
            .Add(EventKind.ArgumentsDelta, 2, "free")
            .Add(EventKind.ArgumentsDelta, 1, "1}")
            .End(1)
            .End(2)
            .Add(EventKind.Logprobs, 0, """{"content":[]}""")
            .Add(EventKind.Extension, 0, """{"vendor":1}""");

        var frames = Stream(Request(null), log, FinishReason.Stop, [log.Count], 0).Split("\n\n");

        Assert.Equal(
            [
                """{"role":"assistant","content":"","refusal":null}""",
                """{"content":"a"}""",
                """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}""",
                """{"tool_calls":[{"index":1,"id":"call_2","type":"custom","custom":{"name":"g","input":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}""",
                """{"tool_calls":[{"index":1,"custom":{"input":"free"}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}""",
                "{}",
                """{"vendor":1}""",
                "{}",
            ],
            frames[..^2]
                .Select(static frame =>
                    JsonDocument.Parse(frame["data: ".Length..]).RootElement.GetProperty("choices")[0].GetProperty("delta").GetRawText()
                )
        );
        Assert.Contains("\"logprobs\":{\"content\":[]}", frames[7], StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", frames[^3], StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_OldFunctions_GetOneFunctionCall()
    {
        var log = new EventLog().Call(0, "call_1", "f").Add(EventKind.ArgumentsDelta, 0, "{}").End(0).Call(1, "call_2", "g").End(1);

        var text = Stream(Request(null) with { UsesFunctions = true }, log, FinishReason.ToolCalls, [log.Count], 0);

        Assert.Contains("""{"role":"assistant","content":null,"refusal":null}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"function_call":{"name":"f","arguments":""}}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"function_call":{"arguments":"{}"}}""", text, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"function_call\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"g\"", text, StringComparison.Ordinal);
    }

    private static string Stream(ChatRequest request, EventLog log, FinishReason reason, int[] cuts, long skip)
    {
        var renderer = new ChatStreamRenderer(request, Head, skip);
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

    private static ChatRequest Request(Random? random) =>
        new()
        {
            Model = "gpt-4-free",
            Content = new TurnContent { Input = [] },
            IncludeUsage = random?.Next(2) == 1,
            UsesFunctions = random?.Next(4) == 1,
        };

    private static int[] RandomCuts(Random random, int count) =>
        [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(count + 1)).Order(), count];

    private static int FramesOf(EventLog log, ChatRequest request)
    {
        var frames = 0;
        var first = -1;
        foreach (var entry in log.All)
        {
            if (entry.Kind == EventKind.ToolCallStarted && first < 0)
            {
                first = entry.Item;
            }

            var isCall = entry.Kind is EventKind.ToolCallStarted or EventKind.ArgumentsDelta;
            frames += ChatStreamRenderer.MakesFrame(entry.Kind) && !(isCall && request.UsesFunctions && entry.Item != first) ? 1 : 0;
        }

        return frames;
    }

    /// <summary>Items that start in any order, interleaved deltas, and calls that may never end.</summary>
    private static EventLog RandomLog(Random random)
    {
        string[] texts = ["a", "Hé", "\"\\\u2028\n", "\U0001F600", "{\"x\":1}", ""];
        var log = new EventLog();
        var open = new List<(int Item, bool IsCall)>();
        var items = 0;
        for (var i = random.Next(40); i > 0; i--)
        {
            var text = texts[random.Next(texts.Length)];
            switch (random.Next(8))
            {
                case 0:
                    open.Add((items, false));
                    log.Add(EventKind.MessageStarted, items++, "");
                    break;
                case 1:
                    open.Add((items, true));
                    log.Call(items, $"call_{items}\"", "f\\", (ToolKind)random.Next(2));
                    items++;
                    break;
                case 2 when open.Count > 0:
                    var ended = random.Next(open.Count);
                    log.End(open[ended].Item);
                    open.RemoveAt(ended);
                    break;
                case 3:
                    log.Add(EventKind.Logprobs, 0, """{"content":[{"token":"a"}]}""");
                    break;
                case 4:
                    log.Add(EventKind.Extension, 0, """{"vendor":"x"}""");
                    break;
                case 5:
                    log.Add(EventKind.ReasoningDelta, 0, text);
                    break;
                default:
                    if (open.Count > 0 && open[random.Next(open.Count)] is var (item, isCall))
                    {
                        log.Add(
                            isCall ? EventKind.ArgumentsDelta
                                : random.Next(4) == 0 ? EventKind.RefusalDelta
                                : EventKind.TextDelta,
                            item,
                            text
                        );
                    }

                    break;
            }
        }

        return log;
    }

    private static List<(string Id, string Name, string Arguments)> WholeCalls(EventLog log)
    {
        var calls = new List<(int Item, string Id, string Name, StringBuilder Arguments)>();
        var ended = new HashSet<int>();
        foreach (var entry in log.All)
        {
            var item = entry.Item;
            if (entry.Kind == EventKind.ToolCallStarted)
            {
                var head = ToolCallHead.Read(entry.Payload);
                calls.Add((item, head.CallId, head.Name, new StringBuilder()));
            }
            else if (entry.Kind == EventKind.ArgumentsDelta)
            {
                calls.Single(call => call.Item == item).Arguments.Append(Encoding.UTF8.GetString(entry.Payload));
            }
            else if (entry.Kind == EventKind.ItemEnded)
            {
                ended.Add(item);
            }
        }

        return [.. calls.Where(call => ended.Contains(call.Item)).Select(static call => (call.Id, call.Name, call.Arguments.ToString()))];
    }

    private static (string Id, string Name, string Arguments) CallOf(JsonElement call)
    {
        var isCustom = call.GetProperty("type").GetString() == "custom";
        var tool = call.GetProperty(isCustom ? "custom" : "function");
        return (
            call.GetProperty("id").GetString()!,
            tool.GetProperty("name").GetString()!,
            tool.GetProperty(isCustom ? "input" : "arguments").GetString()!
        );
    }

    /// <summary>The text of one member as a client assembles it.</summary>
    private static Func<string, string> Deltas(string stream)
    {
        var deltas = stream
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(static frame => frame != "data: [DONE]")
            .Select(static frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement.GetProperty("choices"))
            .Where(static choices => choices.GetArrayLength() > 0)
            .Select(static choices => choices[0].GetProperty("delta"))
            .ToList();
        return member =>
            string.Concat(
                deltas.Select(delta =>
                    delta.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : ""
                )
            );
    }
}
