using System.Net;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Health;

public sealed class LeaveTimeTests
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Stop_WithATimeToLeave_TakesRequestsAndClosesTheirConnections()
    {
        var time = new FakeTimeProvider();
        var leave = TimeSpan.FromSeconds(5);
        await using var host = await FrontendHost.StartAsync(options => options.LeaveFor = leave, time);
        using var client = host.NewClient();
        using var before = await client.GetAsync("/health/live");
        Assert.NotEqual(true, before.Headers.ConnectionClose);

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var stop = host.Services.GetRequiredService<IHost>().StopAsync();

        using var live = await client.GetAsync("/health/live");
        using var ready = await client.GetAsync("/health/ready");
        Assert.Equal((HttpStatusCode.OK, true), (live.StatusCode, live.Headers.ConnectionClose));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.False(stop.IsCompleted);

        time.Advance(leave);
        await stop.WaitAsync(LongestWait);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health/live"));
    }
}
