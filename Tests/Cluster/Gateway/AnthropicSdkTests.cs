using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Anthropic.Exceptions;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official Anthropic SDK against the whole product, on a FlowGPT account.</summary>
[Collection(SharedGateway.Name)]
public sealed class AnthropicSdkTests(GatewayFixture fixture)
{
    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Create_Question_HasTextUsageAndReason()
    {
        var message = await Gateway.NewAnthropicSdk().Messages.Create(AnthropicAsk.Of("Say exactly: Hello from upstream."));

        Assert.True(message.Content[0].TryPickText(out var text));
        Assert.Equal("Hello from upstream.", text.Text);
        Assert.Equal("end_turn", message.StopReason!.Raw());
        Assert.StartsWith("msg_", message.ID);
        Assert.Equal(Gateway.Model, message.Model.Raw());
        Assert.True(message.Usage.InputTokens > 5 && message.Usage.OutputTokens is > 2 and < 10);
    }

    [Fact]
    public async Task CreateStreaming_Question_HasTheSameTextAndWellFormedBlocks()
    {
        var reply = await AnthropicReply.ReadAsync(
            Gateway
                .NewAnthropicSdk()
                .Messages.CreateStreaming(
                    AnthropicAsk.Of("Tell a story in blocks [[sim: tokens=40 flush]]"),
                    TestContext.Current.CancellationToken
                )
        );

        Assert.Equal(Gateway.Simulator.Truth.FindExchange("Tell a story in blocks [[sim: tokens=40")!.Text, reply.Text);
        Assert.Equal(("end_turn", true), (reply.StopReason, reply.OutputTokens > 40));
        Assert.True(reply.InputTokens > 5);
    }

    [Fact]
    public async Task Create_TokenLimitAndStopSequence_AreKept()
    {
        var sdk = Gateway.NewAnthropicSdk();

        var limited = await sdk.Messages.Create(AnthropicAsk.Of("Say exactly: one two three four") with { MaxTokens = 2 });
        var stopped = await sdk.Messages.Create(AnthropicAsk.Of("Say exactly: one two three four") with { StopSequences = ["three"] });

        Assert.Equal(("max_tokens", "one two"), (limited.StopReason!.Raw(), limited.Content[0].Text()));
        Assert.Equal("one two ", stopped.Content[0].Text());
    }

    [Fact]
    public async Task Create_WrongKey_Is401InAnthropicsForm()
    {
        var failure = await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() =>
            Gateway.NewAnthropicSdk(key: "sk-wrong-0123456789abcdef").Messages.Create(AnthropicAsk.Of("Hello"))
        );

        Assert.Contains("authentication_error", failure.ResponseBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"gpt-99","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""", 404, "not_found_error")]
    [InlineData("""{"model":"gpt-4-free","messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error")]
    [InlineData("""{"model":"gpt-4-free","max_tokens":5,"messages":[]}""", 400, "invalid_request_error")]
    [InlineData("""{"model":""", 400, "invalid_request_error")]
    public async Task Post_BadRequest_IsAnErrorInAnthropicsForm(string body, int status, string type)
    {
        using var response = await PostAsync(body);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(("error", type), ((string)error["type"]!, (string)error["error"]!["type"]!));
        Assert.Equal(response.Headers.GetValues("request-id").Single(), (string)error["request_id"]!);
    }

    [Fact]
    public async Task Post_ThreadThatIsUnknown_TellsClientsToSendTheHistory()
    {
        using var response = await PostAsync(
            """{"model":"gpt-4-free","max_tokens":5,"messages":[{"role":"user","content":"x"}],"thread":{"type":"continue","previous_message_id":"msg_none"}}"""
        );

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("thread_not_found", (string)error["details"]!["error_code"]!);
    }

    [Fact]
    public async Task List_AnthropicVersionIsSent_HasAnthropicsForm()
    {
        var page = await Gateway.NewAnthropicSdk().Models.List(cancellationToken: TestContext.Current.CancellationToken);
        var one = await Gateway.NewAnthropicSdk().Models.Retrieve(Gateway.Model, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(page.Items, static model => model.ID == Gateway.Model);
        Assert.Equal(Gateway.Model, one.ID);
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Gateway.Http.PostAsync("/v1/messages?beta=true", content, TestContext.Current.CancellationToken);
    }
}
