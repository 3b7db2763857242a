using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using FlowGpt.Simulator.Behaviour;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official .NET SDK against the whole product.</summary>
[Collection(SharedGateway.Name)]
public sealed class OpenAiSdkTests
{
    private readonly GatewayFixture _fixture;

    public OpenAiSdkTests(GatewayFixture fixture) => _fixture = fixture;

    private Gateway Gateway => _fixture.Gateway;

    [Fact]
    public async Task Complete_Question_HasTextUsageAndReason()
    {
        ChatCompletion completion = await Gateway.NewSdk().CompleteChatAsync("Say exactly: Hello from upstream.");

        Assert.Equal("Hello from upstream.", completion.Content[0].Text);
        Assert.Equal((ChatFinishReason.Stop, ChatMessageRole.Assistant), (completion.FinishReason, completion.Role));
        Assert.StartsWith("chatcmpl-", completion.Id);
        Assert.Equal(Gateway.Model, completion.Model);
        Assert.True(completion.Usage.InputTokenCount > 5 && completion.Usage.OutputTokenCount is > 2 and < 10);
        Assert.Equal(completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task Stream_Question_HasTheSameTextAndUsageAtTheEnd()
    {
        var text = new StringBuilder();
        StreamingChatCompletionUpdate? last = null;
        ChatFinishReason? reason = null;
        var ids = new HashSet<string>();
        await foreach (var update in Gateway.NewSdk().CompleteChatStreamingAsync("Tell a story [[sim: tokens=40 flush]]"))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            reason ??= update.FinishReason;
            ids.Add(update.CompletionId);
            last = update;
        }

        Assert.StartsWith("Echo: Tell a story", text.ToString());
        Assert.Equal(Gateway.Simulator.Truth.FindExchange("Tell a story [[sim: tokens=40")!.Text, text.ToString());
        Assert.Equal(ChatFinishReason.Stop, reason);
        Assert.Single(ids);
        Assert.True(last!.Usage.OutputTokenCount > 40);
    }

    [Fact]
    public async Task Complete_WrongKey_Is401()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() =>
            Gateway.NewSdk(key: "sk-wrong-0123456789abcdef").CompleteChatAsync("Hello")
        );

        Assert.Equal(401, failure.Status);
        Assert.Contains("invalid_api_key", failure.GetRawResponse()!.Content.ToString());
    }

    [Fact]
    public async Task Complete_UnknownModel_Is404()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => Gateway.NewSdk("gpt-99").CompleteChatAsync("Hello"));

        Assert.Equal(404, failure.Status);
        Assert.Contains("model_not_found", failure.Message + failure.GetRawResponse()!.Content);
    }

    [Fact]
    public async Task Complete_StopString_EndsBeforeIt()
    {
        var options = new ChatCompletionOptions { StopSequences = { "three" } };

        ChatCompletion completion = await Gateway
            .NewSdk()
            .CompleteChatAsync([new UserChatMessage("Say exactly: one two three four")], options);

        Assert.Equal(("one two ", ChatFinishReason.Stop), (completion.Content[0].Text, completion.FinishReason));
    }

    [Fact]
    public async Task Complete_TokenLimit_EndsWithLength()
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 2 };

        ChatCompletion completion = await Gateway
            .NewSdk()
            .CompleteChatAsync([new UserChatMessage("Say exactly: one two three four")], options);

        Assert.Equal(("one two", ChatFinishReason.Length), (completion.Content[0].Text, completion.FinishReason));
        Assert.Equal(2, completion.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Stream_BreaksInTheMiddle_ThrowsAfterTheTextThatCame()
    {
        // A pause after the text, so that the text has been sent when the request's timeout ends the stream.
        await using var gateway = await Gateway.StartAsync(1, "REQUEST_TIMEOUT=1");
        var text = new StringBuilder();
        ChatFinishReason? reason = null;

        var failure = await Record.ExceptionAsync(async () =>
        {
            await foreach (
                var update in gateway.NewSdk().CompleteChatStreamingAsync("Say exactly: a b c d e f [[sim: flush fault=stall-after:3]]")
            )
            {
                text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
                reason ??= update.FinishReason;
            }
        });

        Assert.NotNull(failure);
        Assert.Equal("a b c", text.ToString());
        Assert.Null(reason);
    }

    [Fact]
    public async Task Complete_ConversationHeader_KeepsTheContext()
    {
        var client = Gateway.NewSdk();

        await AskAsync(client, "The code word: amber-sdk. Remember it.");
        var reply = await AskAsync(client, "What is the code word?");

        Assert.Contains("The code word is amber-sdk.", reply);

        static async Task<string> AskAsync(ChatClient client, string text)
        {
            var body = $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":"{{text}}"}]}""";
            var options = new RequestOptions();
            options.AddHeader("X-Conversation-Id", "sdk-conversation");
            var result = await client.CompleteChatAsync(BinaryContent.Create(BinaryData.FromString(body)), options);
            return result.GetRawResponse().Content.ToString();
        }
    }

    [Fact]
    public async Task Complete_IdempotencyKeyRepeated_IsServedOnce()
    {
        var before = Gateway.Simulator.Truth.Snapshot().Accepted;
        var client = Gateway.NewSdk();

        var replies = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var options = new RequestOptions();
            options.AddHeader("Idempotency-Key", "sdk-once");
            var body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"Say exactly: once"}]}""";
            var result = await client.CompleteChatAsync(BinaryContent.Create(BinaryData.FromString(body)), options);
            replies.Add(result.GetRawResponse().Content.ToString());
        }

        Assert.Equal(replies[0], replies[1]);
        Assert.Equal(1, Gateway.Simulator.Truth.Snapshot().Accepted - before);
    }

    [Fact]
    public async Task Complete_RateLimitedOnceAndRetried_Succeeds()
    {
        await using var gateway = await Gateway.StartAsync(1, "FlowGpt:Conversations:MaxQueueWait=00:00:00");
        gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = FaultKind.RateLimited,
                    RetryAfterSeconds = 1,
                    Times = 1,
                },
            }
        );

        var first = await gateway.ChatAsync("Hello");
        ChatCompletion completion = await gateway.NewSdk(retries: 3).CompleteChatAsync("Say exactly: at last");

        first.AssertError(429, "requests", "rate_limit_exceeded", null);
        Assert.Equal("at last", completion.Content[0].Text);
    }

    [Fact]
    public async Task Complete_RateLimitedForGood_SurfacesAs429()
    {
        await using var gateway = await Gateway.StartAsync(
            [new GatewayAccount("a1", RequestsPerMinute: 1)],
            "FlowGpt:Conversations:MaxQueueWait=00:00:00"
        );
        await gateway.ServeAsync("Hello");

        var failure = await Assert.ThrowsAsync<ClientResultException>(() => gateway.NewSdk().CompleteChatAsync("Hello"));

        Assert.Equal(429, failure.Status);
        Assert.True(failure.GetRawResponse()!.Headers.TryGetValue("retry-after", out var wait) && int.Parse(wait!) is > 0 and <= 60);
        Assert.Equal(1, gateway.Simulator.Truth.Snapshot().Accepted);
    }
}
