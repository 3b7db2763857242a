using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Golden bytes of both forms of a chat completion.</summary>
public sealed class ChatBytesTests
{
    private const string Common =
        "\"created\":1700000000,\"model\":\"gpt-4-free\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_ef3dc40aad\"";

    private const string Usage =
        "{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":2,\"audio_tokens\":0},"
        + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";

    [Fact]
    public async Task Post_NotStreamed_IsOneCompletion()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says("Hé\"llo\n").Completes("wörld", FinishReason.Length);

        using var response = await host.PostChatAsync("""{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""");
        var body = await response.Content.ReadAsStringAsync();

        var id = host.Grains.Conversations[0].Starts[0].ResponseId;
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","object":"chat.completion",{{{Common}}},"choices":[{"index":0,"message":{"role":"assistant","content":"Hé\"llo\nwörld","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"length"}],"usage":{{{Usage}}}}""",
            body
        );
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Matches("^chatcmpl-[0-9a-z]{80}$", id);
        Assert.Matches("^/h/[0-9a-f]{32}$", host.Grains.Conversations[0].Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_Streamed_IsEveryChunkInOrder(bool includeUsage)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says("Hé").Says("\"\\\u2028\u0001").Completes("end");
        var options = includeUsage ? ""","stream_options":{"include_usage":true}""" : "";

        using var response = await host.PostChatAsync(
            $$"""{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"hi"}]{{options}}}"""
        );
        var body = await response.Content.ReadAsStringAsync();

        var head =
            $"data: {{\"id\":\"{host.Grains.Conversations[0].Starts[0].ResponseId}\",\"object\":\"chat.completion.chunk\",{Common},\"choices\":[";
        var tail = includeUsage ? ",\"usage\":null}\n\n" : "}\n\n";
        string Chunk(string delta, string finish = "null") =>
            $"{head}{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}]{tail}";

        var expected =
            Chunk("""{"role":"assistant","content":"","refusal":null}""")
            + Chunk("""{"content":"Hé"}""")
            + Chunk("""{"content":"\"\\\u2028\u0001"}""")
            + Chunk("""{"content":"end"}""")
            + Chunk("{}", "\"stop\"")
            + (includeUsage ? $"{head}],\"usage\":{Usage}}}\n\n" : "")
            + "data: [DONE]\n\n";
        Assert.Equal(expected, body);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache, no-transform", response.Headers.NonValidated["Cache-Control"].ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }
}
