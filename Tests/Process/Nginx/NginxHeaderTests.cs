using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>Which headers the shipped nginx configuration sends to the API, and which it removes.</summary>
[Trait("Category", "Process")]
public sealed class NginxHeaderTests
{
    [Theory]
    [InlineData("my-id_1.2:3", "my-id_1.2:3")]
    [InlineData("a b", null)]
    [InlineData("<script>", null)]
    [InlineData(null, null)]
    public async Task RequestId_ToTheApi_IsTheClientsOrANewOne(string? sent, string? expected)
    {
        await using var api = await ApiStandIn.StartAsync(static context =>
            context.Response.WriteAsync(context.Request.Headers["x-request-id"].ToString())
        );
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        if (sent is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Request-Id", sent);
        }

        using var response = await nginx.Client.SendAsync(request);
        var arrived = await response.Content.ReadAsStringAsync();

        if (expected is null)
        {
            Assert.Matches("^req_[0-9a-f]{32}$", arrived);
        }
        else
        {
            Assert.Equal(expected, arrived);
        }
    }

    [Fact]
    public async Task RequestHeaders_OfAChat_ArriveExceptAnOfferOfHttp2()
    {
        var names = new TaskCompletionSource<IHeaderDictionary>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await ApiStandIn.StartAsync(context =>
        {
            names.TrySetResult(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            return Task.CompletedTask;
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer key");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "once");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade, HTTP2-Settings");
        request.Headers.TryAddWithoutValidation("Upgrade", "h2c");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");

        using var response = await nginx.Client.SendAsync(request);
        var headers = await names.Task.WaitAsync(NginxProcess.Deadline);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("Bearer key", headers.Authorization.ToString());
        Assert.Equal("once", headers["Idempotency-Key"].ToString());
        Assert.Equal("gateway", headers.Host.ToString());
        Assert.Equal("http", headers["X-Forwarded-Proto"].ToString());
        Assert.DoesNotContain("203.0.113.7", headers["X-Forwarded-For"].ToString(), StringComparison.Ordinal);
        Assert.False(headers.ContainsKey("Upgrade"));
        Assert.DoesNotContain("Upgrade", headers.Connection.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Address_AsTheClientWroteIt_ReachesTheApi()
    {
        await using var api = await ApiStandIn.StartAsync(static context =>
            context.Response.WriteAsync(context.Request.Path.Value + context.Request.QueryString)
        );
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        Assert.Equal("/v1//models/a:b?limit=1", await nginx.Client.GetStringAsync("/v1//models/a:b?limit=1"));
    }

    [Fact]
    public async Task WebSocket_Opens()
    {
        await using var api = await ApiStandIn.StartAsync(static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[16];
            var message = await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, true, context.RequestAborted);
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var client = new ClientWebSocket();
        using var deadline = new CancellationTokenSource(NginxProcess.Deadline);

        await client.ConnectAsync(new Uri("ws://gateway/v1/responses"), nginx.Client, deadline.Token);
        await client.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);
        var buffer = new byte[16];
        var reply = await client.ReceiveAsync(buffer.AsMemory(), deadline.Token);

        Assert.Equal("ping"u8, buffer.AsSpan(0, reply.Count));
    }
}
