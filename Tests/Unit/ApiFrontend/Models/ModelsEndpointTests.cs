using System.Net;
using System.Text;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
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

    /// <summary>Soon after a start the providers have not been asked yet.</summary>
    [Theory]
    [InlineData("GET", "/v1/models/late", "")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"late","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("GET", "/v1/models", "")]
    [InlineData("GET", "/v1/models?anthropic", "")]
    public async Task Any_ModelThatNoProviderHasToldOfYet_IsWaitedFor(string method, string path, string body)
    {
        var asked = new TaskCompletionSource<ModelCatalog>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Catalog.Discovery = asked.Task;
        host.Grains.Catalog.Value = new([], IsDemo: false);
        host.Grains.OnConversation = static (conversation, _) => conversation.Says("Hi").Ends(FinishReason.Stop);
        using var request = new HttpRequestMessage(new(method), path);
        if (path.EndsWith("?anthropic", StringComparison.Ordinal))
        {
            request.Headers.Add("anthropic-version", "2023-06-01");
        }

        request.Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");

        var answering = host.Client.SendAsync(request);
        await Soon.Becomes(() => new ValueTask<int>(host.Grains.Catalog.Waits), static waits => waits == 1, "the request waits");
        Assert.False(answering.IsCompleted);
        asked.SetResult(new([FakeCatalog.Model("late", "Late.")], IsDemo: false));

        using var answer = await Soon.Happens(answering, "the request is served");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (path.StartsWith("/v1/models", StringComparison.Ordinal))
        {
            Assert.Contains("\"late\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task List_ModelsThatAreConfigured_IsNotHeldUpByProviders()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Catalog.Discovery = new TaskCompletionSource<ModelCatalog>().Task;

        Assert.Contains(First, await Soon.Happens(host.Client.GetStringAsync("/v1/models"), "the list"), StringComparison.Ordinal);
        Assert.Equal(0, host.Grains.Catalog.Waits);
    }

    [Fact]
    public async Task Get_ProvidersThatDoNotAnswer_IsWaitedForNoLongerThanFiveSeconds()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);
        host.Grains.Catalog.Discovery = new TaskCompletionSource<ModelCatalog>().Task;

        var answering = host.Client.GetAsync("/v1/models/late");
        await Soon.Becomes(() => new ValueTask<int>(host.Grains.Catalog.Waits), static waits => waits == 1, "the request waits");
        await Soon.Becomes(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return new ValueTask<bool>(answering.IsCompleted);
            },
            static done => done,
            "the wait ends"
        );

        using var answer = await answering;
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>A model that was added since this frontend last asked.</summary>
    [Fact]
    public async Task Get_ModelThatWasAddedMeanwhile_IsLookedUpAgain()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);
        using (var unknown = await host.Client.GetAsync("/v1/models/new"))
        {
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        host.Grains.Catalog.Value = new([FakeCatalog.Model("new", "New.")], IsDemo: false);
        time.Advance(TimeSpan.FromMilliseconds(300));

        using var known = await host.Client.GetAsync("/v1/models/new");
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
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
