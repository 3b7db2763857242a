using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Servers that refuse in their own words, without naming a field: the account or the request may be the cause.</summary>
public sealed class WordedRefusalTests
{
    private const string SickKey = "sk-worded-2";

    [Theory]
    [InlineData(400, """{"message":"Your organization has been disabled"}""")]
    [InlineData(400, """{"error":"This organization has been disabled."}""")]
    [InlineData(400, """{"object":"error","message":"organization disabled","type":"BadRequestError","code":400}""")]
    [InlineData(422, """{"detail":"Account suspended"}""")]
    [InlineData(403, "")]
    [InlineData(413, "")]
    [InlineData(413, "<html><head><title>413 Request Entity Too Large</title></head></html>")]
    [InlineData(415, "{}")]
    [InlineData(431, "")]
    public async Task OneAccountRefusesAll_ClientsNoticeNothing(int status, string body)
    {
        var asked = 0;
        await using var server = await StartServerAsync(
            (key, _) =>
            {
                asked += key == SickKey ? 1 : 0;
                return key == SickKey ? (status, body) : (200, Reply());
            }
        );
        await using var gateway = await StartGatewayAsync(server);
        await WarmAsync(gateway);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AskAsync(gateway, $"all at once {i}")));
        for (var i = 0; i < 8; i++)
        {
            answers = [.. answers, await AskAsync(gateway, $"one after the other {i}")];
        }

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        Assert.InRange(asked, 1, 24);
    }

    [Fact]
    public async Task RequestsThatAreWrong_GetTheWords_AndHoldUpNobodyElse()
    {
        await using var server = await StartServerAsync(
            static (_, question) =>
                question.StartsWith("wrong", StringComparison.Ordinal)
                    ? (400, """{"object":"error","message":"guided_regex is broken"}""")
                    : (200, Reply())
        );
        await using var gateway = await StartGatewayAsync(server);
        await WarmAsync(gateway);

        for (var i = 0; i < 6; i++)
        {
            var wrong = await AskAsync(gateway, $"wrong {i}");
            Assert.Equal(400, wrong.Status);
            Assert.Contains("guided_regex is broken", wrong.Body, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await AskAsync(gateway, "right")).Status);
        var pool = await gateway.Grains.GetGrain<ITokenPoolGrain>("other").GetSnapshot();
        Assert.False(pool.BreakerOpen);
        Assert.All(pool.Accounts, static account => Assert.Empty(account.Marks));
    }

    /// <summary>A status that is known to speak of the request is compared as any other; refused on both sides, the client learns what to change.</summary>
    [Fact]
    public async Task RequestThatIsTooLargeForAll_IsToldSo_AndNoAccountIsMarked()
    {
        await using var server = await StartServerAsync(
            static (_, question) => question.StartsWith("large", StringComparison.Ordinal) ? (413, "") : (200, Reply())
        );
        await using var gateway = await StartGatewayAsync(server);
        await WarmAsync(gateway);

        for (var i = 0; i < 4; i++)
        {
            var large = await AskAsync(gateway, $"large {i}");
            Assert.Equal(400, large.Status);
            Assert.Contains("shorten the messages", large.Body, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await AskAsync(gateway, "small")).Status);
        var pool = await gateway.Grains.GetGrain<ITokenPoolGrain>("other").GetSnapshot();
        Assert.False(pool.BreakerOpen);
        Assert.All(pool.Accounts, static account => Assert.Empty(account.Marks));
    }

    private static Task<ChatAnswer> AskAsync(Gateway gateway, string question) =>
        gateway.ChatAsync(new ChatBody(question) { Model = "worded" });

    private static async Task WarmAsync(Gateway gateway)
    {
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(200, (await AskAsync(gateway, $"warm {i}")).Status);
        }
    }

    private static Task<Gateway> StartGatewayAsync(WebApplication server) =>
        Gateway.StartWithFileAsync(_ => new
        {
            pools = new { other = new { kind = "openai", baseUrl = $"{server.Urls.First()}/v1" } },
            accounts = Enumerable
                .Range(1, 4)
                .Select(static i => new
                {
                    name = $"w{i}",
                    pool = "other",
                    apiKey = $"sk-worded-{i}",
                }),
            models = new[] { new { id = "worded", targets = new[] { new { pool = "other", model = "m" } } } },
        });

    private static string Reply() =>
        """{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Fine."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

    private static Task<WebApplication> StartServerAsync(Func<string, string, (int Status, string Body)> answer)
    {
        var gate = new Lock();
        return StandInServer.StartAsync(
            async (context, body) =>
            {
                var question = (string)JsonNode.Parse(body)!["messages"]!.AsArray()[^1]!["content"]!;
                (int Status, string Body) reply;
                lock (gate)
                {
                    reply = answer($"{context.Request.Headers.Authorization}"["Bearer ".Length..], question);
                }

                context.Response.StatusCode = reply.Status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(reply.Body);
            }
        );
    }
}
