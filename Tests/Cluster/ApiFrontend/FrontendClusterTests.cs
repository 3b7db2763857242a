using System.Net;
using System.Text.Json;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Cluster.ApiFrontend;

/// <summary>The HTTP surface as an Orleans client of real grains: lost silos, joined requests, disconnects.</summary>
public sealed class FrontendClusterTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SiloDies_BeforeAnyText_AnotherSiloAnswers(bool stream)
    {
        await using var gateway = await GatewayCluster.StartAsync(2);

        var pending = gateway.Frontend.PostChatAsync(Body("hi", stream));
        var first = await gateway.Upstream.NextCallAsync();
        await gateway.KillSiloOfAsync(first);
        var second = await gateway.Upstream.NextCallAsync();
        second.Says("from the ").Says("survivor").Ends();
        using var response = await pending.WaitAsync(Deadline);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("from the survivor", TextOf(await response.Content.ReadAsStringAsync(), stream));
        Assert.NotEqual(first.Silo, second.Silo);
    }

    [Fact]
    public async Task SiloDies_AfterText_TheStreamBreaksOffWithAnError()
    {
        await using var gateway = await GatewayCluster.StartAsync(2);

        var pending = gateway.Frontend.PostChatAsync(Body("hi", stream: true));
        var call = await gateway.Upstream.NextCallAsync();
        call.Says("half");
        using var response = await pending.WaitAsync(Deadline);
        await gateway.KillSiloOfAsync(call);
        var (text, ended) = await BrokenBody.ReadAsync(response).WaitAsync(Deadline);

        Assert.False(ended);
        Assert.Contains("\"content\":\"half\"", text, StringComparison.Ordinal);
        Assert.EndsWith("\"code\":\"interrupted\"}}\n\n", text, StringComparison.Ordinal);
        Assert.False(gateway.Upstream.HasCall);
    }

    [Fact]
    public async Task IdempotencyKey_SentAgainWhileRunning_JoinsTheOneResponse()
    {
        await using var gateway = await GatewayCluster.StartAsync(1);

        var first = gateway.Frontend.PostChatAsync(Body("hi", stream: true), WithKey);
        var call = await gateway.Upstream.NextCallAsync();
        call.Says("one ");
        using var firstResponse = await first.WaitAsync(Deadline);
        using var secondResponse = await gateway.Frontend.PostChatAsync(Body("hi", stream: true), WithKey).WaitAsync(Deadline);
        call.Says("reply").Ends();
        var firstText = await firstResponse.Content.ReadAsStringAsync().WaitAsync(Deadline);
        var secondText = await secondResponse.Content.ReadAsStringAsync().WaitAsync(Deadline);
        using var third = await gateway.Frontend.PostChatAsync(Body("other", stream: true), WithKey).WaitAsync(Deadline);

        Assert.Equal("one reply", TextOf(firstText, stream: true));
        Assert.Equal("one reply", TextOf(secondText, stream: true));
        Assert.Equal(IdOf(firstText), IdOf(secondText));
        Assert.False(gateway.Upstream.HasCall);
        Assert.Equal(HttpStatusCode.Conflict, third.StatusCode);
    }

    [Fact]
    public async Task ClientLeaves_WhileTheReplyRuns_TheUpstreamCallEnds()
    {
        await using var gateway = await GatewayCluster.StartAsync(1);

        var pending = gateway.Frontend.PostChatAsync(Body("hi", stream: true));
        var call = await gateway.Upstream.NextCallAsync();
        call.Says("half");
        (await pending.WaitAsync(Deadline)).Dispose();

        await call.Cancelled.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Conversation_WithATurnRunning_IsLockedForAnother()
    {
        await using var gateway = await GatewayCluster.StartAsync(1);

        var first = gateway.Frontend.PostChatAsync(Body("one", stream: false), InConversation);
        var call = await gateway.Upstream.NextCallAsync();
        using var second = await gateway.Frontend.PostChatAsync(Body("two", stream: false), InConversation).WaitAsync(Deadline);
        call.Says("done").Ends();
        using var firstResponse = await first.WaitAsync(Deadline);

        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.Equal("conversation_locked", (await ErrorBody.ReadAsync(second)).Code);
        Assert.Equal("done", TextOf(await firstResponse.Content.ReadAsStringAsync(), stream: false));
    }

    [Fact]
    public async Task ManyAtOnce_OverTwoSilos_EachGetsItsOwnReply()
    {
        await using var gateway = await GatewayCluster.StartAsync(2);
        gateway.Upstream.OnCall = static call =>
        {
            var question = call.Opened.Context[^1].TextOf();
            foreach (var c in question)
            {
                call.Says(c.ToString());
            }

            call.Ends();
        };

        var replies = await Task.WhenAll(
                Enumerable
                    .Range(0, 64)
                    .Select(async i =>
                    {
                        using var response = await gateway.Frontend.PostChatAsync(Body($"marker-{i:D4}-µ", stream: i % 2 == 0));
                        return TextOf(await response.Content.ReadAsStringAsync(), stream: i % 2 == 0);
                    })
            )
            .WaitAsync(Deadline);

        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"marker-{i:D4}-µ"), replies);
    }

    private static string Body(string question, bool stream) =>
        $$"""{"model":"gpt-4-free","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{question}}"}]}""";

    private static void WithKey(HttpRequestMessage request) => request.Headers.Add("Idempotency-Key", "k");

    private static void InConversation(HttpRequestMessage request) => request.Headers.Add("X-Conversation-Id", "c");

    private static string TextOf(string body, bool stream) =>
        stream
            ? string.Concat(Chunks(body).Select(chunk => Content(chunk, "delta")))
            : Content(JsonDocument.Parse(body).RootElement, "message");

    private static string? IdOf(string body) => Chunks(body).Select(chunk => chunk.GetProperty("id").GetString()).Distinct().Single();

    private static IEnumerable<JsonElement> Chunks(string body)
    {
        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        return events[..^1].Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement);
    }

    private static string Content(JsonElement chunk, string member) =>
        chunk.GetProperty("choices")[0].GetProperty(member).TryGetProperty("content", out var content) ? content.GetString()! : "";
}
