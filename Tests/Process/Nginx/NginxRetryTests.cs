using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>Which requests the shipped nginx configuration sends to a second API process, and which it sends only once.</summary>
[Trait("Category", "Process")]
public sealed class NginxRetryTests
{
    [Fact]
    public async Task Post_ProcessRefusesTheConnection_OtherProcessAnswers()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var nginx = await NginxProcess.StartAsync([ClosedPort(), api.Server]);

        for (var i = 0; i < 10; i++)
        {
            using var response = await nginx.Client.PostAsync("/v1/chat/completions", new StringContent("{}"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(10, api.Received);
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("GET", 2)]
    public async Task Request_ProcessDiesAfterItWasSent_OnlyGetIsSentAgain(string method, int expected)
    {
        await using var first = await ApiStandIn.StartAsync(Die);
        await using var second = await ApiStandIn.StartAsync(Die);
        await using var nginx = await NginxProcess.StartAsync([first.Server, second.Server]);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/chat/completions");
        request.Content = method == "POST" ? new StringContent("{}") : null;

        using var response = await nginx.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("bad_gateway", await NginxErrorTests.CodeOfAsync(response));
        Assert.Equal(expected, first.Received + second.Received);
    }

    [Fact]
    public async Task Post_ProcessAnswersWithAnError_IsNotSentAgain()
    {
        await using var first = await ApiStandIn.StartAsync(Unavailable);
        await using var second = await ApiStandIn.StartAsync(Unavailable);
        await using var nginx = await NginxProcess.StartAsync([first.Server, second.Server]);

        using var response = await nginx.Client.PostAsync("/v1/chat/completions", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("the API's own words", await response.Content.ReadAsStringAsync());
        Assert.Equal(1, first.Received + second.Received);
    }

    [Fact]
    public async Task Requests_OneAfterTheOther_UseTheSameConnections()
    {
        var connections = new HashSet<string>();
        await using var api = await ApiStandIn.StartAsync(context =>
        {
            lock (connections)
            {
                connections.Add(context.Connection.Id);
            }

            return context.Response.WriteAsync("ok");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        for (var i = 0; i < 20; i++)
        {
            await nginx.Client.GetStringAsync("/v1/models");
        }

        // One client connection is served by one worker, which keeps one connection to the API.
        Assert.Single(connections);
    }

    private static Task Die(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task Unavailable(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("the API's own words");
    }

    private static string ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
