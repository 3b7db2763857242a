using System.Net;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Listeners;
using FlowGpt.Tests.Process;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Listeners;

public sealed class PrivateListenersTests
{
    [Theory]
    [InlineData("/metrics")]
    [InlineData("/Metrics")]
    [InlineData("/metrics/")]
    [InlineData("//metrics")]
    [InlineData("/%6detrics")]
    public async Task Metrics_WithAListenerOfTheirOwn_AreNotAtTheOrdinaryAddress(string spelling)
    {
        await using var host = await FrontendHost.StartAsync(static options => options.MetricsUrls = "http://127.0.0.1:9");

        var (status, _) = await GetAsync(host.Address.GetLeftPart(UriPartial.Authority), spelling);

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task MetricsListener_HasMetricsAndHealthAlone()
    {
        var own = $"http://127.0.0.1:{LoopbackPort.Free()}";
        await using var host = await FrontendHost.StartAsync(options => options.MetricsUrls = own, routes: app => ListenToo(app, own));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(own, "/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(own, "/health/live")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(own, "/v1/models")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(own, "/admin/keys")).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", HttpStatusCode.NotFound)]
    [InlineData("Forwarded", HttpStatusCode.NotFound)]
    [InlineData("X-Other", HttpStatusCode.OK)]
    public async Task Metrics_WithoutAListener_AreForThisMachineWithoutAProxy(string header, HttpStatusCode expected)
    {
        await using var host = await FrontendHost.StartAsync();

        var (status, _) = await GetAsync(host.Address.GetLeftPart(UriPartial.Authority), "/metrics", header);

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("/admin/keys")]
    [InlineData("/Admin/keys")]
    [InlineData("/admin")]
    [InlineData("/dashboard/")]
    public async Task Admin_WithAListenerOfItsOwn_IsNowhereElse(string path)
    {
        await using var host = await FrontendHost.StartAsync(static options => options.AdminUrls = "http://127.0.0.1:9");

        var (status, body) = await GetAsync(host.Address.GetLeftPart(UriPartial.Authority), path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("unknown_url", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminListener_HasAdminAndNotTheClientsApi()
    {
        var own = $"http://127.0.0.1:{LoopbackPort.Free()}";
        await using var host = await FrontendHost.StartAsync(options => options.AdminUrls = own, routes: app => ListenToo(app, own));

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(own, "/admin/keys")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(own, "/docs/openapi.json")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(own, "/v1/models")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(own, "/metrics", "X-Forwarded-For")).Status);
    }

    [Fact]
    public void Configuration_AddsTheListenersBehindTheOrdinaryAddress()
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["METRICS_URLS"] = "http://+:9464", ["ASPNETCORE_URLS"] = "http://+:8080" }
        );

        configuration.AddProductConfiguration(Path.GetTempPath(), []);

        Assert.Equal("http://+:8080;http://+:9464", configuration["urls"]);
        Assert.Equal([9464], PrivateListeners.Ports(configuration["FlowGpt:Frontend:MetricsUrls"]));
    }

    private static void ListenToo(WebApplication app, string address)
    {
        app.Urls.Add("http://127.0.0.1:0");
        app.Urls.Add(address);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(string address, string path, string? header = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address + path));
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, "203.0.113.7");
        }

        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
