using System.Net;
using System.Net.Http.Headers;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin;

public sealed class PoolAdminEndpointsTests
{
    [Fact]
    public async Task Snapshot_IsTheWholePool()
    {
        await using var host = await StartAsync();

        Assert.Equal(
            """{"name":"main","at":"2026-01-02T03:04:05+00:00","strategy":"least-loaded","breakerOpen":false,"queued":4,"accounts":[{"name":"a1","state":"CoolingDown","availableAt":"2026-01-02T03:04:05+00:00","lastFailure":"RateLimited","tokenExpires":null,"weight":1,"leases":2,"maxConcurrent":3,"windows":[{"name":"requestsPerMinute","limit":20,"used":5,"freesIn":1.5}],"origin":"Configuration","overridden":false,"tokenFingerprint":"","coolingDownFor":null,"failures":[],"marks":[]}],"hidden":[]}""",
            await host.Client.GetStringAsync("/admin/pools/main")
        );
    }

    [Fact]
    public async Task Decisions_AreNewestFirstUpToTheLimit()
    {
        await using var host = await StartAsync();

        var all = await host.Client.GetStringAsync("/admin/pools/main/decisions");
        var one = await host.Client.GetStringAsync("/admin/pools/main/decisions?limit=1");

        Assert.Equal(
            """{"pool":"main","decisions":[{"at":"2026-01-02T03:04:05+00:00","requestId":"chatcmpl-2","model":"gpt-4-free","chosen":"a1","why":"affinity","skipped":[]}]}""",
            one
        );
        Assert.Contains("chatcmpl-1", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("201")]
    [InlineData("-1")]
    [InlineData("ten")]
    [InlineData("")]
    public async Task Decisions_BadLimit_Is400(string limit)
    {
        await using var host = await StartAsync();

        using var response = await host.Client.GetAsync($"/admin/pools/main/decisions?limit={limit}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("limit", (await ErrorBody.ReadAsync(response)).Param);
    }

    [Fact]
    public async Task Reset_KnownAccount_IsDone()
    {
        await using var host = await StartAsync();

        using var response = await host.Client.PostAsync("/admin/pools/main/accounts/a1/reset", content: null);

        Assert.Equal("""{"pool":"main","account":"a1","reset":true}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(["a1"], host.Grains.Pool.Resets);
    }

    [Theory]
    [InlineData("POST", "/admin/pools/main/accounts/a2/reset", "Pool 'main' has no account 'a2'.")]
    [InlineData("GET", "/admin/pools/other", "There is no pool 'other'. Pools: main.")]
    [InlineData("GET", "/admin/pools/other/decisions", "There is no pool 'other'. Pools: main.")]
    public async Task UnknownPoolOrAccount_Is404(string method, string path, string message)
    {
        await using var host = await StartAsync();

        using var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((404, "not_found", message), ((int)response.StatusCode, error.Code, error.Message));
    }

    private static async Task<FrontendHost> StartAsync()
    {
        var host = await FrontendHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);
        return host;
    }
}
