using System.Net;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>The limit of connections of one address, with a smaller number than the shipped one.</summary>
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
}
