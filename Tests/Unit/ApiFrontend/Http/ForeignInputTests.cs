using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.ApiFrontend.Admin.Dashboard;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

/// <summary>Unusual requests of foreign programs.</summary>
public sealed class ForeignInputTests
{
    [Fact]
    public async Task Header_WithAByteThatIsNoUtf8_FailsNothing()
    {
        await using var host = await FrontendHost.StartAsync();

        var answer = await SendAsync(
            host,
            $"GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {FrontendHost.MasterKey}\r\nX-Name: Andr\u00e9\r\nConnection: close\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookies_Of40Kilobytes_FailNothing()
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Cookie", "session=" + new string('c', 40 * 1024));

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(140, 1)]
    [InlineData(1, 150)]
    [InlineData(2, 100)]
    public async Task Headers_ManyAndLong_FailNothing(int kilobytes, int count)
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        for (var i = 0; i < count; i++)
        {
            request.Headers.Add($"X-Header-{i}", new string('h', kilobytes * 1024));
        }

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Address_Of20Kilobytes_IsAnErrorObject()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.GetAsync("/" + new string('a', 20_000));

        Assert.Equal((404, "unknown_url"), ((int)response.StatusCode, (await ErrorBody.ReadAsync(response)).Code));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "ffffffffffffffff")]
    [InlineData("/v1/chat/completions", "7fffffffffffffff")]
    [InlineData("/v1/chat/completions", "zz")]
    [InlineData("/admin/session", "ffffffffffffffff")]
    [InlineData("/admin/session", "fffffffffffffffff")]
    [InlineData("/admin/session", "zz")]
    public async Task Chunk_OfASizeThatNoBodyHas_Is400WithoutAnErrorInTheLog(string path, string size)
    {
        await using var host = await FrontendHost.StartAsync();

        var answer = await SendAsync(
            host,
            $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {FrontendHost.MasterKey}\r\nContent-Type: application/json\r\n"
                + $"Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"bad_request\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("/v1/v1/chat/completions")]
    [InlineData("/v1/v1/models")]
    [InlineData("/v1/v1/nonsense")]
    [InlineData("/v1/chat/completions/chat/completions")]
    [InlineData("/v1/chat/completions/v1/chat/completions")]
    [InlineData("/v1/chat/completions/models")]
    [InlineData("/chat/completions/chat/completions")]
    [InlineData("/v1/responses/responses")]
    [InlineData("/v1/messages/chat/completions")]
    [InlineData("/v1/chat/chat/completions")]
    [InlineData("/v1/chat/v1/chat/completions")]
    [InlineData("/v1/chat/models")]
    [InlineData("/v1/models/models", "GET")]
    [InlineData("/v1/models/v1/models", "GET")]
    [InlineData("/models/models", "GET")]
    [InlineData("/v1/responses/models", "GET")]
    [InlineData("/v1/chat/completions/models", "GET")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/deployments/smart/chat/completions")]
    [InlineData("/openai/responses")]
    [InlineData("/api/v1/models", "GET")]
    [InlineData("/api/v1/responses")]
    [InlineData("/some/other/v1/embeddings")]
    [InlineData("/v1x/v1/models")]
    [InlineData("/v2/models", "GET")]
    public async Task Address_OfAWrongBase_Is404ThatSaysWhichAddressToUse(string path, string method = "POST")
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await host.Client.SendAsync(request);
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((404, "unknown_url"), ((int)response.StatusCode, error.Code));
        Assert.EndsWith(
            $"Set its base address to {host.Address.GetLeftPart(UriPartial.Authority)}/v1.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/v1/v1/messages", false)]
    [InlineData("/v1/v1/messages/count_tokens", false)]
    [InlineData("/v1/messages/v1/messages", false)]
    [InlineData("/v1/messages/v1/messages/count_tokens", false)]
    [InlineData("/v1/messages/messages", false)]
    [InlineData("/messages/v1/messages", false)]
    [InlineData("/v1/v1/models", true)]
    [InlineData("/v1/chat/completions/v1/models", true)]
    [InlineData("/anthropic/v1/messages", false)]
    [InlineData("/anthropic/v1/messages/count_tokens", false)]
    [InlineData("/api/anthropic/v1/messages", false)]
    [InlineData("/api/v1/models", true)]
    public async Task Address_OfAWrongBaseOfAnAnthropicClient_SaysTheAddressWithoutTheVersionInItsForm(string path, bool sendsVersion)
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (sendsVersion)
        {
            request.Headers.Add("anthropic-version", "2023-06-01");
        }

        using var response = await host.Client.SendAsync(request);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((404, "error"), ((int)response.StatusCode, (string?)body["type"]));
        Assert.Equal("not_found_error", (string?)body["error"]!["type"]);
        Assert.EndsWith(
            $"Set its base address to {host.Address.GetLeftPart(UriPartial.Authority)}.",
            (string?)body["error"]!["message"],
            StringComparison.Ordinal
        );
        Assert.True(response.Headers.Contains("request-id"));
    }

    [Theory]
    [InlineData("/v1/chat/completions/nonsense")]
    [InlineData("/v1/nonsense/v1")]
    [InlineData("/v1")]
    [InlineData("/v1/threads/thread_1/messages")]
    [InlineData("/v1/organization/usage/embeddings")]
    [InlineData("/v1/audio/models")]
    [InlineData("/threads/thread_1/messages")]
    [InlineData("/health/v1/models")]
    public async Task Address_ThatIsUnknownOtherwise_IsAPlain404(string path)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.PostAsync(path, content: null);

        Assert.Equal($"Invalid URL (POST {path})", (await ErrorBody.ReadAsync(response)).Message);
    }

    [Theory]
    [InlineData("https://chat.example", "https://chat.example", true)]
    [InlineData("https://chat.example", "https://other.example", false)]
    [InlineData("*", "https://chat.example", false)]
    public async Task Preflight_ToAPrivateNetwork_IsAllowedForOriginsThatTheOperatorNamed(string origins, string origin, bool allowed)
    {
        await using var host = await FrontendHost.StartAsync(options => options.CorsOrigins = origins);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/models");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Private-Network", "true");

        using var response = await host.NewClient().SendAsync(request);

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Private-Network"));
    }

    [Fact]
    public async Task Pages_BelowAPrefix_StayBelowIt()
    {
        await using var host = await FrontendHost.StartAsync(routes: static app =>
        {
            app.MapGet(DashboardGate.Root, static () => "the dashboard");
            app.MapPost(DashboardGate.SignInPath, app.Services.GetRequiredService<DashboardGate>().SignInAsync);
        });
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                UseProxy = false,
                AllowAutoRedirect = false,
            }
        )
        {
            BaseAddress = host.Address,
        };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/gateway");
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        using var signIn = await client.GetAsync("/admin/orleans");
        using var form = new FormUrlEncodedContent([new("key", FrontendHost.AdminKey)]);
        using var signedIn = await client.PostAsync("/admin/orleans/sign-in", form);
        var document = await client.GetStringAsync("/docs/openapi.json");

        Assert.Contains("action=\"/gateway/admin/orleans/sign-in\"", await signIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("/gateway/admin/orleans/", signedIn.Headers.Location?.OriginalString);
        Assert.Contains("path=/gateway/admin/orleans;", Assert.Single(signedIn.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.Contains("\"url\": \"/gateway/\"", document, StringComparison.Ordinal);
    }

    private static async Task<string> SendAsync(FrontendHost host, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new MemoryStream();
        await Soon.Happens(stream.CopyToAsync(answer), "the connection ends");
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
