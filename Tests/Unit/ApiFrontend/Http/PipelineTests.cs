using System.Net;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

/// <summary>Headers, routes and failures that are the same for every route.</summary>
public sealed class PipelineTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public async Task AnyResponse_HasTheHeadersSdksRead()
    {
        await using var host = await FrontendHost.StartAsync();

        foreach (var path in (string[])["/v1/models", "/v1/nope", "/health/live", "/admin/pools/main"])
        {
            var start = TimeProvider.System.GetTimestamp();
            using var response = await host.Client.GetAsync(path);
            var took = TimeProvider.System.GetElapsedTime(start);

            Assert.Matches("^req_[0-9a-f]{32}$", response.Headers.GetValues("x-request-id").Single());
            Assert.Equal("2020-10-01", response.Headers.GetValues("openai-version").Single());
            Assert.InRange(
                long.Parse(response.Headers.GetValues("openai-processing-ms").Single()),
                0,
                (long)Math.Ceiling(took.TotalMilliseconds)
            );
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("client-id_1.2:3", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    public async Task RequestId_OfTheClient_IsEchoedWhenHarmless(string id, bool echoed)
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("x-request-id", id);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(echoed, response.Headers.GetValues("x-request-id").Single() == id);
    }

    [Fact]
    public async Task Headroom_IsToldInRateLimitHeaders_StreamedAndNot()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
        {
            conversation.Serving = new ResponseServing("a1", 1, TimeSpan.Zero, new PoolHeadroom(60, 41, TimeSpan.FromSeconds(90)));
            conversation.Completes("x");
        };

        foreach (var body in (string[])[Body, Body.Insert(1, "\"stream\":true,")])
        {
            using var response = await host.PostChatAsync(body);

            Assert.Equal("60", response.Headers.GetValues("x-ratelimit-limit-requests").Single());
            Assert.Equal("41", response.Headers.GetValues("x-ratelimit-remaining-requests").Single());
            Assert.Equal("1m30s", response.Headers.GetValues("x-ratelimit-reset-requests").Single());
        }
    }

    [Theory]
    [InlineData("GET", "/v1/foo", 404, "unknown_url", "Invalid URL (GET /v1/foo)")]
    [InlineData("GET", "/", 404, "unknown_url", "Invalid URL (GET /)")]
    [InlineData("POST", "/v1/models", 405, "method_not_supported", "Not allowed to POST on /v1/models.")]
    [InlineData("GET", "/v1/embeddings", 405, "method_not_supported", "Not allowed to GET on /v1/embeddings.")]
    [InlineData("DELETE", "/chat/completions", 405, "method_not_supported", "Not allowed to DELETE on /chat/completions.")]
    public async Task UnknownRouteOrMethod_IsAnErrorObject(string method, string path, int status, string code, string message)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((status, code, message), ((int)response.StatusCode, error.Code, error.Message));
        Assert.Equal("invalid_request_error", error.Type);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("//v1//chat/completions")]
    [InlineData("/chat/completions")]
    public async Task ChatPath_HoweverTheBaseAddressWasWritten_IsFound(string path)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("x");

        using var response = await host.PostChatAsync(
            Body,
            request => request.RequestUri = new Uri(host.Address, "http://" + host.Address.Authority + path)
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task UnhandledException_Is500WithoutDetails()
    {
        await using var host = await FrontendHost.StartAsync(routes: app =>
            app.MapGet("/boom", static _ => throw new InvalidOperationException("secret"))
        );

        using var response = await host.Client.GetAsync("/boom");
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((500, "server_error", "internal_error"), ((int)response.StatusCode, error.Type, error.Code));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteOfTheHostWithItsOwnBody_IsLeftAlone()
    {
        await using var host = await FrontendHost.StartAsync(routes: app =>
            app.MapGet(
                "/gone",
                static async context =>
                {
                    context.Response.StatusCode = 404;
                    context.Response.ContentType = "text/plain";
                    await context.Response.Body.WriteAsync("own words"u8.ToArray());
                }
            )
        );

        Assert.Equal("own words", await host.NewClient().GetStringAsyncWhateverStatus("/gone"));
    }

    [Fact]
    public async Task Preflight_FromAnyOrigin_AllowsWhatSdksSend()
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.Add("Origin", "https://chat.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-stainless-retry-count,x-stainless-lang");

        using var response = await host.NewClient().SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("POST", response.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains(
            "x-stainless-retry-count",
            response.Headers.GetValues("Access-Control-Allow-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("*", "https://other.example", "*")]
    [InlineData("https://chat.example;https://b.example", "https://b.example", "https://b.example")]
    [InlineData("https://chat.example", "https://other.example", null)]
    [InlineData("", "https://other.example", null)]
    public async Task Origin_OfTheConfiguredOnes_MayReadEvenErrors(string origins, string origin, string? allowed)
    {
        await using var host = await FrontendHost.StartAsync(options => options.CorsOrigins = origins);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/nope");
        request.Headers.Add("Origin", origin);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        Assert.Equal(
            allowed is not null,
            response.Headers.TryGetValues("Access-Control-Expose-Headers", out var exposed)
                && exposed.Single().Contains("X-Request-ID", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task AdminRoutes_AreNotForOtherOrigins()
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/pools/main");
        request.Headers.Add("Origin", "https://other.example");

        using var response = await host.Client.SendAsync(request);

        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
