using System.Net;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Models;

public sealed class ModelsEndpointTests
{
    private const string First =
        "{\"id\":\"gpt-4-free\",\"object\":\"model\",\"created\":1690000000,\"owned_by\":\"flowgpt\",\"description\":\"A persona.\",\"context_window\":10000,\"demo\":true}";

    private const string Second =
        "{\"id\":\"vendor/name\",\"object\":\"model\",\"created\":1690000000,\"owned_by\":\"flowgpt\",\"description\":\"Another.\",\"context_window\":10000,\"demo\":true}";

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/")]
    [InlineData("/models")]
    public async Task List_IsEveryModelInOrder(string path)
    {
        await using var host = await FrontendHost.StartAsync();

        Assert.Equal($"{{\"object\":\"list\",\"data\":[{First},{Second}]}}", await host.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/v1/models/gpt-4-free", First)]
    [InlineData("/v1/models/vendor/name", Second)]
    [InlineData("/v1/models/vendor%2Fname", Second)]
    [InlineData("/v1/models/vendor%2fname", Second)]
    [InlineData("/models/gpt-4-free", First)]
    public async Task Get_ById_IsTheModel(string path, string expected)
    {
        await using var host = await FrontendHost.StartAsync();

        Assert.Equal(expected, await host.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.GetAsync("/v1/models/nope");
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((404, "model_not_found", "model"), ((int)response.StatusCode, error.Code, error.Param));
    }

    [Fact]
    public async Task List_WithinTheCacheTime_IsReadOnceAndThenAgain()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);

        await host.Client.GetStringAsync("/v1/models");
        time.Advance(TimeSpan.FromSeconds(4.9));
        await host.Client.GetStringAsync("/v1/models");
        Assert.Equal(1, host.Grains.Catalog.Reads);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await host.Client.GetStringAsync("/v1/models");
        Assert.Equal(2, host.Grains.Catalog.Reads);
    }

    [Fact]
    public async Task List_ClusterGone_ServesTheOldCopy()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);
        var before = await host.Client.GetStringAsync("/v1/models");
        host.Grains.Catalog.Failure = new SiloUnavailableException();
        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(before, await host.Client.GetStringAsync("/v1/models"));
    }

    [Fact]
    public async Task List_ClusterNeverReached_Is503()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Catalog.Failure = new SiloUnavailableException();

        using var response = await host.Client.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("interrupted", (await ErrorBody.ReadAsync(response)).Code);
    }
}
