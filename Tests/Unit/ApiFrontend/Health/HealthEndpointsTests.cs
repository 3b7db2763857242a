using System.Net;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.ApiFrontend.Health;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task Live_WithoutKey_SaysSo()
    {
        await using var host = await FrontendHost.StartAsync();

        Assert.Equal("""{"status":"live"}""", await host.NewClient().GetStringAsync("/health/live"));
    }

    [Fact]
    public async Task Ready_OnceStarted_UntilDrained()
    {
        await using var host = await FrontendHost.StartAsync();
        Assert.Equal("""{"status":"ready","checks":{"host":"ready"}}""", await host.NewClient().GetStringAsync("/health/ready"));

        host.Services.GetRequiredService<HostReadiness>().Drain();
        using var response = await host.NewClient().GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("""{"status":"not ready","checks":{"host":"draining"}}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task Ready_ASourceOfTheHostSaysNo_IsNotReadyButLive()
    {
        await using var host = await FrontendHost.StartAsync(services: services => services.AddSingleton<IReadinessSource, Joining>());

        using var ready = await host.NewClient().GetAsync("/health/ready");
        using var live = await host.NewClient().GetAsync("/health/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"silo\":\"joining\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private sealed class Joining : IReadinessSource
    {
        public string Name => "silo";

        public string? NotReadyBecause => "joining";
    }
}
