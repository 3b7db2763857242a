using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static FlowGpt.Tests.Unit.Upstreams.Anthropic.AnthropicCalls;

namespace FlowGpt.Tests.Unit.Upstreams.Anthropic;

/// <summary>A reply's events depend only on what the server sent, not on how the bytes were split.</summary>
public sealed class MessageStreamTests
{
    private const string Start =
        """{"type":"message_start","message":{"id":"msg_1","content":[],"usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":1}}}""";

    private const string Stop = """{"type":"message_stop"}""";

    [Property(MaxTest = 200)]
    public Property Read_AnyBlocksInAnyPieces_GiveAllTextAndWholeCalls() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            seed =>
            {
                var random = new Random(seed);
                var (body, expected) = RandomReply(random);
                var whole = Read(body, int.MaxValue);
                var pieces = Read(body, 1 + random.Next(40));

                Assert.Null(whole.Failure);
                Assert.Equal(expected, whole.Events.Shape);
                Assert.Equal(expected, pieces.Events.Shape);
                Assert.Equal((whole.Finish, whole.Usage), (pieces.Finish, pieces.Usage));
            }
        );

    [Property(MaxTest = 200)]
    public Property Read_BodyThatBreaksOff_FailsAndEndsNoCallThatIsNotWhole() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            seed =>
            {
                var random = new Random(seed);
                var (body, _) = RandomReply(random);
                var end = body.IndexOf("event: message_delta", StringComparison.Ordinal);
                var outcome = Read(body[..random.Next(end)], 1 + random.Next(40));

                Assert.NotNull(outcome.Failure);
                Assert.All(
                    outcome.Events.Calls.Where(static call => call.HasEnded),
                    static call => Assert.NotNull(JsonDocument.Parse(call.Of(EventKind.ArgumentsDelta)))
                );
            }
        );

    [Theory]
    [InlineData("end_turn", FinishReason.Stop)]
    [InlineData("stop_sequence", FinishReason.Stop)]
    [InlineData("max_tokens", FinishReason.Length)]
    [InlineData("model_context_window_exceeded", FinishReason.Length)]
    [InlineData("refusal", FinishReason.ContentFilter)]
    public void Read_StopReason_HasItsMeaning(string reason, FinishReason expected)
    {
        var outcome = Read(Body(Start, Text(0, "a"), End(reason), Stop));

        Assert.Equal((expected, "a"), (outcome.Finish, outcome.Text));
        Assert.Equal(new TokenUsage(9, 5, 4, 0, UsageOrigin.Reported), outcome.Usage);
    }

    [Fact]
    public void Read_NativeClient_GetsUsageStopAndCitationsAsTheyAre()
    {
        var outcome = Read(
            Body(
                Start,
                """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"q"}}}""",
                """{"type":"content_block_stop","index":0}""",
                """{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}}""",
                """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"q\":1}"}}""",
                """{"type":"content_block_stop","index":1}""",
                """{"type":"message_delta","delta":{"stop_reason":"pause_turn","stop_sequence":null,"container":{"id":"c"}},"usage":{"output_tokens":5}}""",
                Stop
            ),
            turn: Ask("a").Native()
        );

        var extensions = outcome
            .Events.Events.Where(static one => one.Kind == EventKind.Extension)
            .Select(static one => one.Payload)
            .ToList();
        Assert.Equal(
            [
                """{"type":"message_start","usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":1}}""",
                """{"type":"citations_delta","citation":{"cited_text":"q"}}""",
                """{"type":"message_delta","delta":{"stop_reason":"pause_turn","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":5}}""",
            ],
            extensions
        );
        var opaque = outcome.Events.Events.Single(static one => one.Kind == EventKind.OpaqueItem).Payload;
        Assert.EndsWith("""{"type":"server_tool_use","id":"s1","name":"web_search","input":{"q":1}}""", opaque, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherClient_GetsNoNativeEvents() =>
        Assert.DoesNotContain(
            Read(Body(Start, Text(0, "a"), End("end_turn"), Stop)).Events.Events,
            static one => one.Kind == EventKind.Extension
        );

    [Fact]
    public void Read_CallOfFreeText_GivesTheTextInsideTheJson()
    {
        var turn = Ask("a") with { Tools = [new ToolDefinition(ToolKind.Custom, "patch", null, null)] };

        var outcome = Read(Body(Start, Call(0, "patch", """{"input":"*** \"a\""}"""), End("tool_use"), Stop), turn: turn);

        var call = Assert.Single(outcome.Events.Calls);
        Assert.Equal((ToolKind.Custom, "*** \"a\"", true), (call.Head.Kind, call.Of(EventKind.ArgumentsDelta), call.HasEnded));
        Assert.Equal(FinishReason.ToolCalls, outcome.Finish);
    }

    [Fact]
    public void Read_CallThatWasCutOff_NeverEnds()
    {
        var outcome = Read(Body(Start, Call(0, "f", """{"x":"""), End("max_tokens"), Stop));

        Assert.False(Assert.Single(outcome.Events.Calls).HasEnded);
        Assert.Equal(FinishReason.Length, outcome.Finish);
    }

    [Theory]
    [InlineData("""{"x":""", "tool_use")]
    [InlineData("""{"x":""", "end_turn")]
    [InlineData("[1]", "tool_use")]
    public void Read_InputIsNoWholeObjectThoughTheMessageIsSaidToBeWhole_Fails(string input, string reason)
    {
        var outcome = Read(Body(Start, Call(0, "f", input), End(reason), Stop));

        Assert.Equal(FailureReason.Unfit, outcome.Failure?.Reason);
        Assert.False(Assert.Single(outcome.Events.Calls).HasEnded);
    }

    [Theory]
    [InlineData("overloaded_error", FailureReason.Overloaded)]
    [InlineData("rate_limit_error", FailureReason.RateLimited)]
    [InlineData("api_error", FailureReason.ServerError)]
    public void Read_ErrorInsideTheReply_Fails(string type, FailureReason reason)
    {
        var error = $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"secret words"}}""";

        var outcome = Read(Body(Start, Text(0, "a")) + $"event: error\ndata: {error}\n\n");

        Assert.Equal((reason, "a"), (outcome.Failure!.Reason, outcome.Text));
        Assert.DoesNotContain("secret", outcome.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WholeMessage_GivesTheSame()
    {
        var outcome = Read(
            """{"id":"m","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"f","input":{"x":1}}],"stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":5}}"""
        );

        Assert.Equal(("a", "hm", FinishReason.ToolCalls), (outcome.Text, outcome.Events.Reasoning, outcome.Finish));
        Assert.Equal("""{"x":1}""", Assert.Single(outcome.Events.Calls).Of(EventKind.ArgumentsDelta));
        Assert.Contains(outcome.Events.Events, static one => one is { Kind: EventKind.ReasoningSealed, Payload: "sealed sig" });
    }

    [Fact]
    public void Read_AbsurdUsage_StaysWithinWhatCanBeSummedUp()
    {
        const string Absurd = """{"type":"message_start","message":{"usage":{"input_tokens":9223372036854775807,"output_tokens":1}}}""";

        var usage = Read(Body(Absurd, Text(0, "a"), End("end_turn"), Stop)).Usage!.Value;

        Assert.Equal((100_000_000, 5), (usage.PromptTokens, usage.CompletionTokens));
    }

    [Fact]
    public void Read_NothingSaid_IsAnEmptyReplyOnlyWithoutAStopReason()
    {
        Assert.Equal(FailureReason.EmptyReply, Read(Body(Start)).Failure!.Reason);
        Assert.Null(Read(Body(Start, End("end_turn"), Stop)).Failure);
    }

    private static ReplyBody.Outcome Read(string body, int pieceLength = int.MaxValue, TurnRequest? turn = null)
    {
        turn ??= Ask("a");
        var reader = new MessageEventReader(turn, turn.Extensions is not null ? null : static signature => $"sealed {signature}", 200);
        var read = ReplyBody.ReadAsync(Encoding.UTF8.GetBytes(body), reader, new AnthropicOptions(), pieceLength);
        // Nothing waits: the body is in memory.
        Assert.True(read.IsCompleted);
        return read.GetAwaiter().GetResult();
    }

    private static string Body(params string[] events) =>
        string.Concat(
            events
                .SelectMany(static one => one.Split('\n'))
                .Select(static one => $"event: {JsonDocument.Parse(one).RootElement.GetProperty("type").GetString()}\ndata: {one}\n\n")
        );

    private static string End(string reason) =>
        $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""";

    private static string Text(int index, string text) => Block(index, """{"type":"text","text":""}""", ("text_delta", "text", text));

    private static string Call(int index, string name, string input) =>
        Block(
            index,
            $$$"""{"type":"tool_use","id":"toolu_{{{index}}}","name":"{{{name}}}","input":{}}""",
            ("input_json_delta", "partial_json", input)
        );

    private static string Block(int index, string start, params (string Type, string Member, string Text)[] deltas) =>
        string.Join(
            '\n',
            [
                $$"""{"type":"content_block_start","index":{{index}},"content_block":{{start}}}""",
                .. deltas.Select(delta =>
                    $$$"""{"index":{{{index}}},"delta":{"{{{delta.Member}}}":{{{JsonSerializer.Serialize(delta.Text)}}},"type":"{{{delta.Type}}}"},"type":"content_block_delta"}"""
                ),
                $$"""{"type":"content_block_stop","index":{{index}}}""",
            ]
        );

    private static (string Body, string Shape) RandomReply(Random random)
    {
        string[] pieces = ["a", " ", "\n", "\"", "\\", "é", "€", "🙂", "\u2028", "data: ", "word "];
        var events = new List<string> { Start };
        var shape = new List<string>();
        var count = 1 + random.Next(4);
        for (var i = 0; i < count; i++)
        {
            string[] texts = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => pieces[random.Next(pieces.Length)])];
            var text = string.Concat(texts);
            switch (random.Next(3))
            {
                case 0:
                    events.Add(Block(i, """{"type":"text","text":""}""", [.. texts.Select(static one => ("text_delta", "text", one))]));
                    shape.Add($"MessageStarted  |{text}|| True");
                    break;
                case 1:
                    events.Add(
                        Block(
                            i,
                            """{"type":"thinking","thinking":"","signature":""}""",
                            [.. texts.Select(static one => ("thinking_delta", "thinking", one)), ("signature_delta", "signature", "sig")]
                        )
                    );
                    shape.Add($"ReasoningStarted  {text}||| True");
                    break;
                default:
                    var input = $$"""{"x":{{JsonSerializer.Serialize(text)}}}""";
                    var cut = random.Next(input.Length);
                    events.Add(
                        Block(
                            i,
                            $$$"""{"type":"tool_use","id":"t{{{i}}}","name":"f","input":{}}""",
                            ("input_json_delta", "partial_json", input[..cut]),
                            ("input_json_delta", "partial_json", input[cut..])
                        )
                    );
                    shape.Add($"ToolCallStarted {new ToolCallHead(ToolKind.Function, $"t{i}", "f")} |||{input} True");
                    break;
            }
        }

        if (shape.TrueForAll(static item => item.StartsWith("Reasoning", StringComparison.Ordinal)))
        {
            shape.Add("MessageStarted  ||| True");
        }

        events.Add(End("end_turn"));
        events.Add(Stop);
        return (Body([.. events]), string.Join('\n', shape));
    }
}
