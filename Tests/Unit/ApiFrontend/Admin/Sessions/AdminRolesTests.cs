using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;

/// <summary>Every route below /admin × every role, in one table.</summary>
public sealed class AdminRolesTests
{
    // n: nobody is signed in, c: a client's key, m: member, v: viewer, a: a person who is admin, k: the admin key.
    private const string Table = """
        ncmvak GET /admin/session
        ncmvak GET /admin/session/sign-in
        ncmvak POST /admin/session
        mvak DELETE /admin/session
        mva GET /admin/me
        mva GET /admin/me/keys
        mva GET /admin/me/usage
        ma POST /admin/me/keys
        ma DELETE /admin/me/keys/{id}
        vak GET /admin/attention
        vak GET /admin/audit
        vak GET /admin/cluster
        vak GET /admin/conversations
        vak GET /admin/events
        vak GET /admin/keys
        vak GET /admin/keys/{id}
        vak GET /admin/models
        vak GET /admin/pools
        vak GET /admin/pools/{pool}
        vak GET /admin/pools/{pool}/accounts
        vak GET /admin/pools/{pool}/accounts/{name}
        vak GET /admin/pools/{pool}/decisions
        vak GET /admin/requests
        vak GET /admin/requests/{id}
        vak GET /admin/settings
        vak GET /admin/settings/silos
        vak GET /admin/usage
        ak GET /admin/conversations/{id}
        ak DELETE /admin/keys/{id}
        ak DELETE /admin/models/{id}
        ak DELETE /admin/pools/{pool}/accounts/{name}
        ak PATCH /admin/keys/{id}
        ak PATCH /admin/pools/{pool}/accounts/{name}
        ak POST /admin/cluster/response-keys/rotate
        ak POST /admin/cluster/silos/{id}/drain
        ak POST /admin/cluster/silos/{id}/resume
        ak POST /admin/keys
        ak POST /admin/keys/{id}/revoke
        ak POST /admin/keys/{id}/rotate
        ak POST /admin/models/refresh
        ak POST /admin/pools/{pool}/accounts
        ak POST /admin/pools/{pool}/accounts/{name}/disable
        ak POST /admin/pools/{pool}/accounts/{name}/drain
        ak POST /admin/pools/{pool}/accounts/{name}/enable
        ak POST /admin/pools/{pool}/accounts/{name}/reset
        ak PUT /admin/models/{id}
        """;

    private static (string Roles, string Method, string Path)[] Rows { get; } =
    [
        .. Table
            .Split('\n', StringSplitOptions.TrimEntries)
            .Select(static line => line.Split(' '))
            .Select(static row => (row[0], row[1], row[2])),
    ];

    [Fact]
    public async Task Table_HasEveryRouteBelowAdminAndNoOther()
    {
        await using var host = await FrontendHost.StartAsync();

        var served = host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal))
            .SelectMany(static endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            );

        Assert.Equal(
            served.Order(StringComparer.Ordinal),
            Rows.Select(static row => $"{row.Method} {row.Path}").Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData('n')]
    [InlineData('c')]
    [InlineData('m')]
    [InlineData('v')]
    [InlineData('a')]
    [InlineData('k')]
    public async Task Role_OnEveryRoute_MayWhatTheTableSaysAndNothingElse(char role)
    {
        await using var host = await FrontendHost.StartAsync();
        using var client = ClientOf(host, role);

        var wrong = new List<string>();
        foreach (var (roles, method, path) in Rows)
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(method),
                path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)
            );
            if (method != "GET")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var response = await client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            );
            var refused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            if (refused == roles.Contains(role))
            {
                wrong.Add($"{method} {path}: {(int)response.StatusCode}");
            }
        }

        Assert.Empty(wrong);
    }

    private static HttpClient ClientOf(FrontendHost host, char role)
    {
        var client = role switch
        {
            'm' => host.As(AdminRole.Member),
            'v' => host.As(AdminRole.Viewer),
            'a' => host.As(AdminRole.Admin),
            _ => host.NewClient(),
        };
        var key = role switch
        {
            'c' => FrontendHost.MasterKey,
            'k' => FrontendHost.AdminKey,
            _ => null,
        };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }
}
