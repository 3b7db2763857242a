using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Telemetry;

public sealed class TelemetryTests
{
    private const string Secret = "the-prompt-nobody-may-log";
    private const string Reply = "the-reply-nobody-may-log";

    [Fact]
    public async Task Metrics_AfterAChat_HaveTheGenAiNames()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says("a").Completes("b");
        await (await host.PostChatAsync(Chat())).Content.ReadAsStringAsync();

        var metrics = await host.NewClient().GetStringAsync("/metrics");

        foreach (var name in (string[])["gen_ai_client_token_usage", "gen_ai_server_request_duration", "gen_ai_server_time_to_first_token"])
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        Assert.Contains("gen_ai_request_model=\"gpt-4-free\"", metrics, StringComparison.Ordinal);
        Assert.Contains("gen_ai_token_type=\"output\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("chatcmpl-", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfAChat_IsOneLineWithoutPromptReplyOrKey()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
        {
            conversation.Serving = new ResponseServing("a1", 2, TimeSpan.FromMilliseconds(5), Headroom: null);
            conversation.Completes(Reply);
        };

        await (await host.PostChatAsync(Chat())).Content.ReadAsStringAsync();
        await host.DisposeAsync();

        var line = Assert.Single(host.Logs.Lines, line => line.EventId == 1000);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("chat completed 200", line.Text, StringComparison.Ordinal);
        Assert.Contains("key master model gpt-4-free", line.Text, StringComparison.Ordinal);
        Assert.Contains("account a1 attempts 2 tokens 7+3 cached 2", line.Text, StringComparison.Ordinal);
        AssertNothingSecret(host);
    }

    [Theory]
    [InlineData("{\"model\":\"" + Secret + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "refused 404 model_not_found")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"" + Secret + "\"}]}", "refused 400 invalid_value")]
    public async Task Log_OfARefusal_NamesTheCodeAndNothingOfTheBody(string body, string expected)
    {
        await using var host = await FrontendHost.StartAsync();

        (await host.PostChatAsync(body)).Dispose();
        await host.DisposeAsync();

        Assert.Contains(expected, Assert.Single(host.Logs.Lines).Text, StringComparison.Ordinal);
        AssertNothingSecret(host);
    }

    [Fact]
    public async Task Log_OfABrokenStream_SaysFailed()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says(Reply).Fails(TurnErrorKind.UpstreamFailed);

        using var response = await host.PostChatAsync(Chat().Insert(1, "\"stream\":true,"));
        await BrokenBody.ReadAsync(response);
        await host.DisposeAsync();

        Assert.Contains("chat failed 200 upstream_error", Assert.Single(host.Logs.Lines).Text, StringComparison.Ordinal);
        AssertNothingSecret(host);
    }

    private static string Chat() => $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":"{{Secret}}"}]}""";

    private static void AssertNothingSecret(FrontendHost host)
    {
        foreach (var secret in (string[])[Secret, Reply, FrontendHost.MasterKey, FrontendHost.AdminKey])
        {
            Assert.DoesNotContain(host.Logs.Lines, line => line.Text.Contains(secret, StringComparison.Ordinal));
        }
    }
}
