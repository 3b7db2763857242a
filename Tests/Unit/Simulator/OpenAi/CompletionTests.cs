using System.ClientModel;
using System.Net;
using System.Text;
using FlowGpt.Simulator.Accounts;
using OpenAI.Chat;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>Chat completions: the reply, its fields, and what is counted.</summary>
public sealed class CompletionTests
{
    [Fact]
    public async Task Sdk_WholeAndStreamed_SaysTheSameAndTellsTheUsageThatIsCharged()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var chat = client.Sdk().GetChatClient(OpenAiFaceClient.Model);

        var whole = (await chat.CompleteChatAsync([new UserChatMessage("naïve 東京 words")], null, OpenAiFaceClient.Deadline)).Value;
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        var stream = chat.CompleteChatStreamingAsync([new UserChatMessage("naïve 東京 words")], null, OpenAiFaceClient.Deadline);
        await foreach (var update in stream)
        {
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal("Echo: naïve 東京 words", whole.Content[0].Text);
        Assert.Equal(whole.Content[0].Text, text.ToString());
        Assert.Equal((ChatFinishReason.Stop, ChatFinishReason.Stop), (whole.FinishReason, finish));
        Assert.Equal((3, 4), (whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));
        Assert.Equal((3, 4), (usage!.InputTokenCount, usage.OutputTokenCount));
        var truth = client.Truth;
        Assert.Equal((2, 2, 2, 0), (truth.ChatRequests, truth.Accepted, truth.Completed, truth.Open));
        Assert.Equal((6, 8), (truth.PromptTokens, truth.CompletionTokens));
        Assert.Equal("Echo: naïve 東京 words", client.Latest.Text);
    }

    [Theory]
    [InlineData("\"max_tokens\":3", "Echo: one two", "length")]
    [InlineData("\"max_completion_tokens\":1", "Echo:", "length")]
    [InlineData("\"stop\":[\"four\",\" three\"]", "Echo: one two", "stop")]
    [InlineData("\"max_tokens\":5", "Echo: one two three four", "stop")]
    public async Task Limit_OfOutput_CutsTheReplyWholeAndStreamed(string field, string expected, string reason)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var whole = (await client.WholeAsync("one two three four", field)).GetProperty("choices")[0];
        var chunks = await client.ChunksAsync("one two three four", field);

        Assert.Equal(expected, whole.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(reason, whole.GetProperty("finish_reason").GetString());
        Assert.Equal(expected, OpenAiFaceClient.Joined(chunks));
        Assert.Equal([reason], OpenAiFaceClient.FinishReasons(chunks));
        Assert.Equal(expected.Split(' ').Length * 2, client.Truth.CompletionTokens);
    }

    [Fact]
    public async Task Context_OfAllRoles_ReachesTheReplyRulesAndTheRecord()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        const string Messages =
            """{"model":"sim-large","vendor":{"a":1},"messages":[{"role":"developer","content":"code word: kiwi"},{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,AAAAAAAA"}},{"type":"input_audio","input_audio":{"format":"wav","data":"AAAA"}}]},{"role":"assistant","content":"seen"},{"role":"user","content":"what is the code word?"}]}""";

        using var response = await client.SendAsync(HttpMethod.Post, "/openai/v1/chat/completions", Messages);

        var reply = await OpenAiFaceClient.JsonAsync(response);
        Assert.Equal("The code word is kiwi.", reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var record = client.Latest.OpenAi!;
        Assert.Equal(["developer", "user", "assistant", "user"], record.Roles);
        Assert.Equal(
            [("image", "image/png", 3), ("file", "application/pdf", 6), ("audio", "audio/wav", 3)],
            record.Parts.Select(static part => (part.Kind, part.MediaType!, part.Bytes))
        );
        Assert.Equal(1, record.Images);
        Assert.Equal("""{"a":1}""", record.UnknownFields["vendor"]);
        Assert.Equal(Messages, record.Body);
        Assert.Equal("/openai/v1/chat/completions", record.Path);
        Assert.DoesNotContain(record.Headers.Values, static value => value.Contains("sk-sim-", StringComparison.Ordinal));
        Assert.Equal(85 + 3 + 1 + 1 + 5, reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Reasoning_ShownAndHidden_IsSentInItsFieldAndCounted()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        const string Question = "hi [[sim: reasoning=\"first this\" hidden-reasoning=5 cached=2 ";

        var chunks = await client.ChunksAsync(Question + "]]", "\"stream_options\":{\"include_usage\":true}");
        var other = await client.WholeAsync(Question + "reasoning-field=reasoning]]");
        var tags = await client.WholeAsync(Question + "reasoning-field=think-tags]]");

        Assert.Equal("first this", OpenAiFaceClient.Joined(chunks, "reasoning_content"));
        Assert.Equal("Echo: hi", OpenAiFaceClient.Joined(chunks));
        var usage = chunks[^1].GetProperty("usage");
        Assert.Equal(9, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(7, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal(2, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal("first this", other.GetProperty("choices")[0].GetProperty("message").GetProperty("reasoning").GetString());
        Assert.Equal(
            "<think>first this</think>\n\nEcho: hi",
            tags.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()
        );
    }

    [Fact]
    public async Task Refusal_ByDirective_IsSentInsteadOfText()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var whole = (await client.WholeAsync("hi [[sim: refusal=\"not that\"]]")).GetProperty("choices")[0].GetProperty("message");
        var chunks = await client.ChunksAsync("hi [[sim: refusal=\"not that\" finish=content_filter]]");

        Assert.Equal("not that", whole.GetProperty("refusal").GetString());
        Assert.Null(whole.GetProperty("content").GetString());
        Assert.Equal("not that", OpenAiFaceClient.Joined(chunks, "refusal"));
        Assert.Equal("", OpenAiFaceClient.Joined(chunks));
        Assert.Equal(["content_filter"], OpenAiFaceClient.FinishReasons(chunks));
    }

    [Fact]
    public async Task Logprobs_OfSdk_CoverEveryToken()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var chat = client.Sdk().GetChatClient(OpenAiFaceClient.Model);
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };

        var whole = (await chat.CompleteChatAsync([new UserChatMessage("a b")], options, OpenAiFaceClient.Deadline)).Value;
        var streamed = new List<string>();
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("a b")], options, OpenAiFaceClient.Deadline))
        {
            streamed.AddRange(update.ContentTokenLogProbabilities.Select(static token => token.Token));
        }

        Assert.Equal(["Echo:", " a", " b"], whole.ContentTokenLogProbabilities.Select(static token => token.Token));
        Assert.All(whole.ContentTokenLogProbabilities, static token => Assert.Equal(2, token.TopLogProbabilities.Count));
        Assert.Equal(["Echo:", " a", " b"], streamed);
    }

    [Theory]
    [InlineData("{", "invalid_json", null)]
    [InlineData("{\"messages\":[]}", "missing_required_parameter", "model")]
    [InlineData("{\"model\":\"sim-large\",\"messages\":[]}", "empty_array", "messages")]
    [InlineData("{\"model\":\"sim-large\",\"messages\":[{\"role\":\"boss\",\"content\":\"x\"}]}", "invalid_value", "messages[0].role")]
    [InlineData("{\"model\":\"sim-large\",\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "unsupported_value", "n")]
    [InlineData(
        "{\"model\":\"sim-large\",\"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"}]}",
        "invalid_value",
        "messages[0].role"
    )]
    [InlineData(
        "{\"model\":\"sim-large\",\"stream_options\":{},\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
        "invalid_value",
        "stream_options"
    )]
    public async Task Body_ThatIsWrong_IsRefusedByFieldAndChargesNothing(string body, string code, string? field)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(HttpMethod.Post, "/v1/chat/completions", body);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request_error", code, field), await OpenAiFaceClient.ErrorAsync(response));
        Assert.Equal((0, 1), (client.Truth.Accepted, client.Truth.Rejected[RejectReason.BadRequest]));
    }

    [Fact]
    public async Task Prompt_LongerThanTheModel_IsRefused()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var question = string.Join(' ', Enumerable.Repeat("word", 8_193));

        using var response = await client.SendAsync(
            HttpMethod.Post,
            "/v1/chat/completions",
            OpenAiFaceClient.Body(question, model: "sim-mini")
        );

        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_request_error", "context_length_exceeded", "messages"),
            await OpenAiFaceClient.ErrorAsync(response)
        );
    }

    [Fact]
    public async Task Sdk_UnknownModel_IsA404()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var failure = await Assert.ThrowsAsync<ClientResultException>(() =>
            client.Sdk().GetChatClient("nothing").CompleteChatAsync([new UserChatMessage("hi")], null, OpenAiFaceClient.Deadline)
        );

        Assert.Equal(404, failure.Status);
        Assert.Equal(1, client.Truth.Rejected[RejectReason.UnknownModel]);
    }
}
