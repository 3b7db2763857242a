using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>Errors through the shipped nginx configuration: the API's own pass unchanged, nginx's own look like the API's.</summary>
[Trait("Category", "Process")]
public sealed class NginxErrorTests
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>The code of an OpenAI error object.</summary>
    public static async Task<string?> CodeOfAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        var error = body.RootElement.GetProperty("error");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.NotEmpty(error.GetProperty("type").GetString()!);
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        return error.GetProperty("code").GetString();
    }

    [Fact]
    public async Task Body_OverTheApisLimit_ApisOwnErrorArrives()
    {
        // The API answers after the headers, while nginx still sends the body.
        await using var api = await ApiStandIn.StartAsync(static context =>
        {
            if (context.Request.Path == "/v1/models")
            {
                return Task.CompletedTask;
            }

            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"error":{"message":"m","type":"t","param":null,"code":"from_the_api"}}""");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        for (var i = 0; i < 20; i++)
        {
            using var response = await nginx.Client.PostAsync("/v1/chat/completions", new ByteArrayContent(new byte[4 * Mebibyte + 1]));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            Assert.Equal("from_the_api", await CodeOfAsync(response));
        }
    }

    [Fact]
    public async Task Body_OverNginxsLimit_IsAnOpenAiError()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new ByteArrayContent(new byte[6 * Mebibyte]);
        request.Headers.ExpectContinue = true;

        using var response = await nginx.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", await CodeOfAsync(response));
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
        Assert.Equal(0, api.Received);
    }

    [Fact]
    public async Task Reply_NoneInTime_IsAnOpenAiError()
    {
        await using var api = await ApiStandIn.StartAsync(static async context =>
        {
            var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await aborted.Task;
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server], "proxy_read_timeout 1s;");

        using var response = await nginx.Client.PostAsync("/v1/chat/completions", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("upstream_timeout", await CodeOfAsync(response));
        Assert.Equal(1, api.Received);
    }

    [Theory]
    [InlineData("/metrics", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/Metrics", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/metrics/", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/.//metrics", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/%6Detrics?x", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/v1/../METRICS/", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/_error/502", HttpStatusCode.NotFound, "unknown_url")]
    public async Task Path_NotForClients_IsAnOpenAiError(string path, HttpStatusCode status, string code)
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("from the API"));
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        using var response = await nginx.Client.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, await CodeOfAsync(response));
    }

    /// <summary>Bodies that nginx would buffer on disk are read only from clients with a key.</summary>
    [Theory]
    [InlineData(400_000, "sk-wrong", HttpStatusCode.Unauthorized, 1)]
    [InlineData(400_000, "sk-right", HttpStatusCode.OK, 2)]
    [InlineData(1_000, "sk-wrong", HttpStatusCode.OK, 1)]
    public async Task Body_Long_IsReadOnlyFromClientsWithAKey(int length, string key, HttpStatusCode status, int asked)
    {
        await using var api = await ApiStandIn.StartAsync(static async context =>
        {
            if (context.Request.Path == "/v1/models")
            {
                context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer sk-right" ? 200 : 401;
                return;
            }

            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new("Bearer", key);
        request.Content = new StringContent(new string('x', length));

        using var response = await nginx.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(asked, api.Received);
        if (status == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("invalid_api_key", await CodeOfAsync(response));
        }
    }

    [Fact]
    public async Task Address_TooLong_IsAnOpenAiError()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        using var response = await nginx.Client.GetAsync("/" + new string('a', 70_000));

        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
        Assert.Equal("uri_too_long", await CodeOfAsync(response));
    }

    [Fact]
    public async Task HealthOfNginx_ApiGone_IsLive()
    {
        await using var api = await ApiStandIn.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        await api.DisposeAsync();

        Assert.Equal("""{"status":"live"}""", await nginx.Client.GetStringAsync("/health/proxy"));
    }
}
