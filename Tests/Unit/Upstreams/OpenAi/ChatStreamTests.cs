using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Every form in which servers send the text of a reply.</summary>
public sealed class ChatStreamTests
{
    private const string Hello = """{"role":"assistant","content":"Hel"}""";
    private const string Rest = """{"content":"lo"}""";

    public static TheoryData<string, string> Forms { get; } =
        new()
        {
            { "as OpenAI", ChatBody.Stream(Hello, Rest) },
            { "comments", ": ping\n\n" + ChatBody.Stream(Hello, Rest).Replace("data:", ": keep-alive\ndata:", StringComparison.Ordinal) },
            { "CRLF", ChatBody.Stream(Hello, Rest).Replace("\n", "\r\n", StringComparison.Ordinal) },
            { "CR", ChatBody.Stream(Hello, Rest).Replace('\n', '\r') },
            { "no space", ChatBody.Stream(Hello, Rest).Replace("data: ", "data:", StringComparison.Ordinal) },
            { "no empty lines", ChatBody.Stream(Hello, Rest).Replace("\n\n", "\n", StringComparison.Ordinal) },
            { "lines of data", ChatBody.Stream(Hello, Rest).Replace(",\"choices\"", "\ndata: ,\"choices\"", StringComparison.Ordinal) },
            {
                "ids and names",
                ChatBody.Stream(Hello, Rest).Replace("data: ", "event: chunk\nid: 7\nretry: 3\ndata: ", StringComparison.Ordinal)
            },
            { "byte order mark", "\uFEFF" + ChatBody.Stream(Hello, Rest) },
            { "no [DONE]", ChatBody.Stream(Hello, Rest).Replace("data: [DONE]\n\n", "", StringComparison.Ordinal) },
            { "no last line end", ChatBody.Stream(Hello, Rest).TrimEnd('\n') },
            { "no finish_reason", ChatBody.Event(ChatBody.Chunk(Hello)) + ChatBody.Event(ChatBody.Chunk(Rest)) + ChatBody.Event("[DONE]") },
            { "no choices", ChatBody.Event("""{"choices":[]}""") + ChatBody.Event("""{"id":"c1"}""") + ChatBody.Stream(Hello, Rest) },
            { "words for data", ChatBody.Event("") + ChatBody.Event("ping") + ChatBody.Stream(Hello, Rest) },
            { "an empty finish_reason", ChatBody.Event(ChatBody.Chunk(Hello, "\"\"")) + ChatBody.Stream(Rest) },
            { "content in parts", ChatBody.Stream("""{"content":[{"type":"text","text":"Hello"}]}""") },
            { "after [DONE]", ChatBody.Stream(Hello, Rest) + ChatBody.Event("{\"error\":{\"message\":\"no\"}}") },
            { "finish on the last text", ChatBody.Event(ChatBody.Chunk(Hello)) + ChatBody.Event(ChatBody.Chunk(Rest, "\"stop\"")) },
            { "whole", """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""" },
            { "whole, laid out", "{\n  \"choices\": [\n    { \"message\": { \"content\": \"Hello\" } } ] }\n" },
            {
                "a second choice",
                ChatBody
                    .Stream(Hello, Rest)
                    .Replace("\"choices\":[", "\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}},", StringComparison.Ordinal)
            },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Read_AnyFormCutAnywhere_GivesTheText(string form, string body)
    {
        for (var pieceLength = 1; pieceLength < 70; pieceLength += 3)
        {
            var outcome = await ChatBody.ReadAsync(body, pieceLength);

            Assert.Null(outcome.Failure);
            Assert.Equal((form, "Hello", FinishReason.Stop), (form, outcome.Text, outcome.Finish));
            var item = Assert.Single(outcome.Events.Items);
            Assert.True(item.HasEnded);
        }
    }

    [Fact]
    public async Task Read_DeltasThatCameTogether_AreOneEvent()
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Stream(Hello, Rest));

        Assert.Equal(
            [(EventKind.MessageStarted, 0, ""), (EventKind.TextDelta, 0, "Hello"), (EventKind.ItemEnded, 0, "")],
            outcome.Events.Events
        );
    }

    [Theory]
    [InlineData("first")]
    [InlineData("with the finish")]
    [InlineData("after the finish")]
    [InlineData("after the finish without choices")]
    [InlineData("without finish")]
    public async Task Read_UsageAnywhere_IsReported(string place)
    {
        const string Usage =
            """{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2}}""";
        var alone = ChatBody.Event($$"""{"choices":[],"usage":{{Usage}}}""");
        var text = ChatBody.Event(ChatBody.Chunk(Hello).Replace("\"choices\"", "\"usage\":null,\"choices\"", StringComparison.Ordinal));
        var finish = ChatBody.Event(ChatBody.Chunk("{}", "\"stop\""));
        var body = place switch
        {
            "first" => alone + text + finish,
            "with the finish" => text + finish.Replace("\"choices\"", $"\"usage\":{Usage},\"choices\"", StringComparison.Ordinal),
            "after the finish" => text + finish + alone + ChatBody.Event("[DONE]"),
            "after the finish without choices" => text + finish + ChatBody.Event($$"""{"usage":{{Usage}}}"""),
            _ => text + alone,
        };

        var outcome = await ChatBody.ReadAsync(body, 7);

        Assert.Null(outcome.Failure);
        Assert.Equal(new TokenUsage(9, 5, 4, 2, UsageOrigin.Reported), outcome.Usage);
        Assert.Equal(("Hel", FinishReason.Stop), (outcome.Text, outcome.Finish));
    }

    [Theory]
    [InlineData("length", FinishReason.Length)]
    [InlineData("content_filter", FinishReason.ContentFilter)]
    [InlineData("end_turn", FinishReason.Stop)]
    [InlineData("eos", FinishReason.Stop)]
    [InlineData("tool_calls", FinishReason.Stop)]
    public async Task Read_FinishReason_IsMapped(string reason, FinishReason expected)
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk(Hello, $"\"{reason}\"")));

        Assert.Equal(expected, outcome.Finish);
    }

    [Fact]
    public async Task Read_UnknownFinishReason_IsNotToldAsAWholeReply()
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk(Hello, "\"something new\"")));

        Assert.Equal(FailureReason.Unfit, outcome.Failure!.Reason);
    }

    [Fact]
    public async Task Read_Reasoning_IsAnItemBeforeTheMessage()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream(
                """{"content":"","reasoning_content":"Let me"}""",
                """{"content":null,"reasoning":" think","reasoning_content":" think"}""",
                """{"content":"Hello"}"""
            )
        );

        Assert.Equal(("Let me think", "Hello"), (outcome.Events.Reasoning, outcome.Text));
        Assert.Equal([EventKind.ReasoningStarted, EventKind.MessageStarted], outcome.Events.Items.Select(static item => item.Start));
        Assert.All(outcome.Events.Items, static item => Assert.True(item.HasEnded));
    }

    [Fact]
    public async Task Read_ReasoningAfterTheContentInTheJson_ComesFirst()
    {
        var outcome = await ChatBody.ReadAsync("""{"choices":[{"message":{"content":"Hi","reasoning":"Hm"},"finish_reason":"stop"}]}""");

        Assert.Equal([EventKind.ReasoningStarted, EventKind.MessageStarted], outcome.Events.Items.Select(static item => item.Start));
    }

    [Fact]
    public async Task Read_Refusal_IsPartOfTheMessage()
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Stream("""{"refusal":"I can"}""", """{"refusal":"not"}"""));

        Assert.Equal("I cannot", Assert.Single(outcome.Events.Items).Of(EventKind.RefusalDelta));
    }

    [Fact]
    public async Task Read_Logprobs_FollowTheirText()
    {
        const string Logprobs = """{"content":[{"token":"Hel","logprob":-0.1}]}""";
        var body = ChatBody.Stream(Hello, Rest).Replace("\"index\":0,", $"\"index\":0,\"logprobs\":{Logprobs},", StringComparison.Ordinal);

        var outcome = await ChatBody.ReadAsync(body);

        Assert.Equal(
            [(EventKind.TextDelta, "Hel"), (EventKind.Logprobs, Logprobs), (EventKind.TextDelta, "lo"), (EventKind.Logprobs, Logprobs)],
            outcome.Events.Events.Skip(1).Take(4).Select(static made => (made.Kind, made.Payload))
        );
    }

    [Fact]
    public async Task Read_UnknownDeltaFields_PassAsTheyAre()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream("""{"content":"a","annotations":[{"x":"\u00e9"}],"audio":null,"images":[1]}""")
        );

        Assert.Contains((EventKind.Extension, 0, """{"annotations":[{"x":"\u00e9"}],"images":[1]}"""), outcome.Events.Events);
    }

    [Theory]
    [InlineData("stop", true)]
    [InlineData("length", false)]
    public async Task Read_NothingButUsage_IsAnEmptyMessage(string reason, bool hasUsage)
    {
        var usage = hasUsage ? ChatBody.Event("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}""") : "";
        var outcome = await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk("{}", $"\"{reason}\"")) + usage + ChatBody.Event("[DONE]"));

        Assert.Null(outcome.Failure);
        Assert.Equal([EventKind.MessageStarted, EventKind.ItemEnded], outcome.Events.Events.Select(static made => made.Kind));
    }

    [Theory]
    [InlineData("", FailureReason.EmptyReply)]
    [InlineData(": ping\n\n", FailureReason.EmptyReply)]
    [InlineData("data: [DONE]\n\n", FailureReason.EmptyReply)]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", FailureReason.EmptyReply)]
    [InlineData("<html><body>Sign in</body></html>", FailureReason.Challenge)]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"Hel", FailureReason.InvalidBody)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\n\n", FailureReason.InvalidBody)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n", FailureReason.ConnectionReset)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"},\"finish_reason\":\"error\"}]}\n\n", FailureReason.ServerError)]
    public async Task Read_BrokenBody_Fails(string body, FailureReason reason)
    {
        var outcome = await ChatBody.ReadAsync(body, 5);

        Assert.Equal((FailureClass.Upstream, reason), (outcome.Failure?.Class, outcome.Failure?.Reason));
        Assert.DoesNotContain(outcome.Events.Items, static item => item.HasEnded);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"secret words\",\"type\":\"server_error\"}}\n\n", FailureReason.ServerError)]
    [InlineData("data: {\"error\":{\"message\":\"secret words\",\"code\":429}}\n\n", FailureReason.RateLimited)]
    [InlineData("data: {\"error\":{\"message\":\"secret words\",\"code\":\"502\"},\"choices\":[]}\n\n", FailureReason.ServerError)]
    [InlineData("error: {\"message\":\"secret words\",\"code\":503}\n\n", FailureReason.Overloaded)]
    [InlineData("event: error\ndata: {\"message\":\"secret words\"}\n\n", FailureReason.ServerError)]
    [InlineData("data: {\"object\":\"error\",\"message\":\"key sk-secret\",\"code\":400}\n\n", FailureReason.BadRequest)]
    [InlineData("data: {\"error\":\"secret words\"}\n\n", FailureReason.ServerError)]
    [InlineData("data: {\"error\":{\"message\":\"secret words\",\"code\":\"insufficient_quota\"}}\n\n", FailureReason.QuotaExceeded)]
    public async Task Read_ErrorInsideTheReply_FailsAfterTheText(string error, FailureReason reason)
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk(Hello)) + error + ChatBody.Event("[DONE]"));

        Assert.Equal((reason, "Hel"), (outcome.Failure?.Reason, outcome.Text));
        Assert.DoesNotContain("secret", outcome.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"x","type":"invalid_request_error","param":"tools","code":null}}""", FailureReason.InvalidParameter)]
    [InlineData("""[{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}]""", FailureReason.RateLimited)]
    public async Task Read_ErrorInThePlaceOfTheReply_Fails(string body, FailureReason reason)
    {
        Assert.Equal(reason, (await ChatBody.ReadAsync(body)).Failure?.Reason);
    }

    [Fact]
    public async Task Read_EventLongerThanAllowed_Fails()
    {
        var body = ChatBody.Stream($$"""{"content":"{{new string('a', 5000)}}"}""");

        var outcome = await ChatBody.ReadAsync(body, 100, new OpenAiOptions { MaxEventBytes = 1024 });

        Assert.Equal(FailureReason.InvalidBody, outcome.Failure?.Reason);
    }

    [Fact]
    public async Task Read_SurrogatePairCutByDeltas_ComesWhole()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream("""{"content":"a\ud83d"}""", """{"content":"\ude42b"}""", """{"content":"\ud83d"}"""),
            9
        );

        Assert.Equal("a🙂b\uFFFD", outcome.Text);
        Assert.Equal(Encoding.UTF8.GetByteCount("a🙂b\uFFFD"), Encoding.UTF8.GetByteCount(outcome.Text));
    }

    [Theory]
    [InlineData("2147483647", "2147483647", 100_000_000, 100_000_000)]
    [InlineData("9223372036854775807", "3", 100_000_000, 3)]
    [InlineData("7", "3000000000", 7, 100_000_000)]
    public async Task Read_AbsurdUsage_StaysWithinWhatCanBeSummedUp(
        string prompt,
        string completion,
        int expectedPrompt,
        int expectedCompletion
    )
    {
        var usage = $$$"""{"choices":[],"usage":{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{completion}}}}}""";

        var read = (await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk("""{"content":"a"}""", "\"stop\"")) + ChatBody.Event(usage)))
            .Usage!
            .Value;

        Assert.Equal((expectedPrompt, expectedCompletion), (read.PromptTokens, read.CompletionTokens));
        Assert.InRange(read.TotalTokens, 1, int.MaxValue);
    }
}
