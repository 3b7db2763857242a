using System.Net;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Security;

public sealed class AuthenticationTests
{
    public static TheoryData<string, string> ApiRoutes { get; } =
        new()
        {
            { "GET", "/v1/models" },
            { "GET", "/v1/models/gpt-4-free" },
            { "POST", "/v1/chat/completions" },
            { "GET", "/models" },
            { "POST", "/chat/completions" },
        };

    public static TheoryData<string, string> AdminRoutes { get; } =
        new()
        {
            { "GET", "/admin/pools/main" },
            { "GET", "/admin/pools/main/decisions" },
            { "POST", "/admin/pools/main/accounts/a1/reset" },
        };

    [Theory]
    [MemberData(nameof(ApiRoutes))]
    [MemberData(nameof(AdminRoutes))]
    public async Task AnyRoute_WithoutKey_Is401WithoutCode(string method, string path)
    {
        await using var host = await FrontendHost.StartAsync();

        foreach (var header in (string?[])[null, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"])
        {
            using var response = await SendAsync(host, method, path, header);
            var error = await ErrorBody.ReadAsync(response);
            Assert.Equal((401, "invalid_request_error", null), ((int)response.StatusCode, error.Type, error.Code));
        }
    }

    [Theory]
    [MemberData(nameof(ApiRoutes))]
    [MemberData(nameof(AdminRoutes))]
    public async Task AnyRoute_WithWrongKey_Is401AndMasksIt(string method, string path)
    {
        await using var host = await FrontendHost.StartAsync();

        foreach (var key in (string[])["sk-wrong-0123456789", FrontendHost.MasterKey[..^1], FrontendHost.MasterKey + "x", "~"])
        {
            using var response = await SendAsync(host, method, path, $"Bearer {key}");
            var error = await ErrorBody.ReadAsync(response);
            Assert.Equal((401, "invalid_api_key"), ((int)response.StatusCode, error.Code));
            Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(ApiRoutes))]
    public async Task ApiRoute_WithTheKeyInXApiKey_IsLetIn(string method, string path)
    {
        await using var host = await FrontendHost.StartAsync();

        foreach (var (key, isRight) in ((string, bool)[])[(FrontendHost.MasterKey, true), ("sk-wrong-0123456789", false)])
        {
            using var client = host.NewClient();
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("x-api-key", key);
            using var response = await client.SendAsync(request);

            // A POST without a body is refused for the missing body, after its key was checked.
            Assert.Equal(!isRight, response.StatusCode == HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [MemberData(nameof(ApiRoutes))]
    public async Task ApiRoute_WithAdminKey_Is401(string method, string path)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await SendAsync(host, method, path, $"Bearer {FrontendHost.AdminKey}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(AdminRoutes))]
    public async Task AdminRoute_WithClientKey_Is403(string method, string path)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await SendAsync(host, method, path, $"Bearer {FrontendHost.MasterKey}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("admin_key_required", (await ErrorBody.ReadAsync(response)).Code);
        Assert.Empty(host.Grains.Pool.Resets);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER  ")]
    public async Task ApiRoute_WithMasterKey_IsServed(string scheme)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await SendAsync(host, "GET", "/v1/models", scheme + FrontendHost.MasterKey);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(FrontendHost host, string method, string path, string? authorization)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return host.NewClient().SendAsync(request);
    }
}
