using System.Net;
using System.Net.Http.Json;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using ErrorBody = FlowGpt.Tests.Unit.ApiFrontend.Hosting.ErrorBody;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;

public sealed class SessionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_WithTheAdminKey_LastsUntilSignOut()
    {
        await using var host = await FrontendHost.StartAsync();
        using var http = Browser(host);
        var admin = new AdminClient(http);

        var before = await admin.Session.GetAsync(Cancelled);
        var begun = await admin.Session.SignInAsync(new(FrontendHost.AdminKey), Cancelled);
        var during = await admin.Session.GetAsync(Cancelled);
        var reset = await admin.Accounts.ResetAsync("main", "a1", Cancelled);
        var ended = await admin.Session.SignOutAsync(Cancelled);

        Assert.Equal(
            (SessionRoles.None, SessionRoles.Admin, SessionRoles.Admin, SessionRoles.None),
            (before.Role, begun.Role, during.Role, ended.Role)
        );
        Assert.Equal(begun.AntiforgeryToken, during.AntiforgeryToken);
        Assert.True(reset.Reset);
        var refused = await Assert.ThrowsAsync<AdminException>(() => admin.Pools.ListAsync(Cancelled));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal(
            ["POST /admin/session 200", "POST /admin/pools/main/accounts/a1/reset 200", "DELETE /admin/session 200"],
            (await host.Grains.Audit.Values.Single().Read()).Entries.Select(static one => $"{one.Method} {one.Target} {one.Status}")
        );
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("https", true)]
    public async Task Cookie_OfASession_IsHiddenFromPagesAndOtherSites(string? scheme, bool isSecure)
    {
        await using var host = await FrontendHost.StartAsync();
        using var client = host.NewClient();
        if (scheme is not null)
        {
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
            client.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        }

        using var response = await client.PostAsJsonAsync("/admin/session", new { key = FrontendHost.AdminKey }, Cancelled);

        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(FrontendHost.AdminKey, cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithAWrongKey_IsRefusedAndSlowedDown()
    {
        await using var host = await FrontendHost.StartAsync();
        using var client = host.NewClient();

        var statuses = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            using var response = await client.PostAsJsonAsync("/admin/session", new { key = $"sk-wrong-0123456789-{i}" }, Cancelled);
            statuses.Add((int)response.StatusCode);
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal(401, statuses[0]);
        Assert.Contains(429, statuses);
        Assert.Empty(host.Grains.Audit.Values);
    }

    [Fact]
    public async Task Change_ByCookieWithoutTheToken_IsRefused()
    {
        await using var host = await FrontendHost.StartAsync();
        using var without = host.As(AdminRole.Admin, withToken: false);
        using var ofAnother = host.As(AdminRole.Admin, withToken: false);
        using var other = host.As(AdminRole.Admin, "bob");
        ofAnother.DefaultRequestHeaders.Add(
            AdminAuthorizer.AntiforgeryHeader,
            other.DefaultRequestHeaders.GetValues(AdminAuthorizer.AntiforgeryHeader)
        );

        foreach (var client in (HttpClient[])[without, ofAnother])
        {
            using var response = await client.PostAsync("/admin/pools/main/accounts/a1/reset", null, Cancelled);
            Assert.Equal("antiforgery_failed", (await ErrorBody.ReadAsync(response)).Code);
        }

        Assert.Empty(host.Grains.Pool.Resets);
    }

    [Fact]
    public async Task Session_OfOneFrontend_IsGoodOnAnotherWithTheSameAdminKeyOnly()
    {
        await using var first = await FrontendHost.StartAsync();
        await using var second = await FrontendHost.StartAsync();
        await using var foreign = await FrontendHost.StartAsync(static options => options.AdminKey = "sk-admin-of-another-cluster");
        var person = new AdminIdentity(AdminRole.Viewer, "ann", "ann [x]") { SessionId = "s" };
        var cookie = $"{AdminAuthorizer.Cookie}={first.Ticket(person, TimeProvider.System.GetUtcNow().AddHours(1))}";
        var ended = $"{AdminAuthorizer.Cookie}={first.Ticket(person, TimeProvider.System.GetUtcNow().AddSeconds(-1))}";

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (
                await StatusAsync(second, cookie),
                await StatusAsync(foreign, cookie),
                await StatusAsync(second, cookie[..^6] + "AAAAAA"),
                await StatusAsync(second, ended)
            )
        );
    }

    [Fact]
    public async Task Audit_OfAPersonsChange_NamesThePerson()
    {
        await using var host = await FrontendHost.StartAsync();
        using var client = host.As(AdminRole.Admin, "ann");

        using var response = await client.PostAsync("/admin/pools/main/accounts/a1/reset", null, Cancelled);

        Assert.Equal("ann [https://idp|ann]", (await host.Grains.Audit.Values.Single().Read()).Entries.Single().Who);
    }

    private static async Task<HttpStatusCode> StatusAsync(FrontendHost host, string cookie)
    {
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        using var response = await client.GetAsync("/admin/pools", Cancelled);
        return response.StatusCode;
    }

    private static HttpClient Browser(FrontendHost host) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Address };
}
