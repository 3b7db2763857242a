using System.Net;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>The limits of one address, with smaller numbers than the shipped ones.</summary>
[Trait("Category", "Process")]
public sealed class NginxLimitTests
{
    [Fact]
    public async Task Connections_OfOneAddress_AreLimited_AndTheRefusalIsAnErrorObject()
    {
        var arrived = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            arrived.Release();
            await release.Task;
            await context.Response.WriteAsync("served");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server], "limit_conn address 2;");
        var held = new[] { nginx.Client.GetAsync("/v1/models"), nginx.Client.GetAsync("/v1/models") };
        foreach (var _ in held)
        {
            Assert.True(await arrived.WaitAsync(NginxProcess.Deadline));
        }

        using var refused = await nginx.Client.GetAsync("/v1/models");
        release.SetResult();
        var served = await Task.WhenAll(held);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("rate_limit_exceeded", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(refused.Headers.GetValues("X-Content-Type-Options")));
        Assert.All(served, static one => Assert.Equal(HttpStatusCode.OK, one.StatusCode));
    }

    [Fact]
    public async Task Requests_OfOneAddress_AreLimited_AndTheRefusalIsAnErrorObject()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("served"));
        // The shipped rate without the shipped burst: requests at one time are over the limit.
        await using var nginx = await NginxProcess.StartAsync([api.Server], "limit_req zone=rate nodelay;");
        using var deadline = new CancellationTokenSource(NginxProcess.Deadline);
        HttpResponseMessage? refused = null;
        while (refused is null)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => nginx.Client.GetAsync("/v1/models", deadline.Token)));
            Assert.All(answers, static one => Assert.True(one.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
            refused = answers.FirstOrDefault(static one => one.StatusCode == HttpStatusCode.TooManyRequests);
        }

        Assert.Equal("rate_limit_exceeded", await NginxErrorTests.CodeOfAsync(refused));
    }

    [Fact]
    public async Task Body_ThatStopsComing_EndsTheConnectionBeforeTheApiHearsOfIt()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("served"));
        await using var nginx = await NginxProcess.StartAsync([api.Server], "client_body_timeout 1s;");
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StalledBody(sent) };

        using var leave = new CancellationTokenSource();
        var answer = nginx.Client.SendAsync(request, leave.Token);
        await sent.Task.WaitAsync(NginxProcess.Deadline);
        await Soon.Becomes(
            () => new ValueTask<int>(nginx.Requests.Count(static line => line.Contains("\"status\":408", StringComparison.Ordinal))),
            static count => count == 1,
            "the request is in the log as one that took too long"
        );

        Assert.Equal(0, api.Received);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => answer.WaitAsync(NginxProcess.Deadline));
    }

    [Fact]
    public void Deadlines_OfTheShippedConfiguration_AreSet()
    {
        var text = File.ReadAllText(FlowGpt.Tests.Unit.Packaging.Repository.PathOf("deploy/nginx/nginx.conf"));

        Assert.Contains("client_header_timeout 15s;", text, StringComparison.Ordinal);
        Assert.Contains("client_body_timeout 15s;", text, StringComparison.Ordinal);
        Assert.Contains("limit_req zone=rate burst=1000 nodelay;", text, StringComparison.Ordinal);
        Assert.Contains("limit_conn address 512;", text, StringComparison.Ordinal);
    }

    /// <summary>Announces 1,000 bytes, sends ten, and then nothing.</summary>
    private sealed class StalledBody(TaskCompletionSource sent) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"model\":\""u8.ToArray());
            await stream.FlushAsync();
            sent.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(NginxProcess.Deadline);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 1000;
            return true;
        }
    }
}
