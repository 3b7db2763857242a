using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend;
using FlowGpt.Grains.Interfaces.Audit;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Audit;

public sealed class AdminPipelineTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 21, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private FrontendHost _host = null!;
    private int _done;

    [Fact]
    public async Task Change_OfARouteThatAnybodyMaps_IsLoggedWithItsOutcomeAndWithoutItsBody()
    {
        await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Put, "/admin/anything/x1?note=query-secret")
        {
            Content = new StringContent("body-secret"),
        };
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");

        using var response = await _host.Client.SendAsync(request);

        var entry = Assert.Single(await LogAsync());
        Assert.Equal((202, 1), ((int)response.StatusCode, _done));
        Assert.Equal(("PUT", "/admin/anything/{id}", "/admin/anything/x1", 202), (entry.Method, entry.Route, entry.Target, entry.Status));
        Assert.Equal((Now, "192.0.2.7", "192.0.2.7"), (entry.At, entry.Address, entry.ForwardedFor));
        Assert.Matches("^admin [0-9a-f]{8}$", entry.Who);
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), entry.RequestId);
        var text = JsonSerializer.Serialize(entry);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain(FrontendHost.AdminKey, text, StringComparison.Ordinal);
    }

    /// <summary>Any client can send the header: only what a trusted proxy sends is logged.</summary>
    [Fact]
    public async Task Change_FromNoTrustedProxy_IsLoggedWithTheConnectionsAddressAlone()
    {
        await StartAsync(configure: static options => options.TrustedProxies = "10.0.0.0/8");
        _host.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");

        using var response = await _host.Client.PutAsync("/admin/anything/x1", content: null);

        var entry = Assert.Single(await LogAsync());
        Assert.Equal(("127.0.0.1", null), (entry.Address, entry.ForwardedFor));
    }

    [Fact]
    public async Task Read_OrRefusedKey_IsNotLogged()
    {
        await StartAsync();
        using var read = await _host.Client.GetAsync("/admin/pools/main");
        using var stranger = await _host.NewClient().PutAsync("/admin/anything/x1", content: null);
        _host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.MasterKey);
        using var client = await _host.Client.PutAsync("/admin/anything/x1", content: null);

        Assert.Equal((200, 401, 403), ((int)read.StatusCode, (int)stranger.StatusCode, (int)client.StatusCode));
        Assert.Equal(0, _done);
        Assert.Empty(await LogAsync());
    }

    [Fact]
    public async Task Change_ThatCannotBeLogged_IsNotDone()
    {
        await StartAsync();
        Part(0).Failure = new IOException("The disk is full.");

        using var response = await _host.Client.PutAsync("/admin/anything/x1", content: null);

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "audit_unavailable"),
            (response.StatusCode, (await ErrorBody.ReadAsync(response)).Code)
        );
        Assert.Equal(0, _done);
    }

    [Fact]
    public async Task Revocation_ThatCannotBeLogged_IsCarriedOutAndTheLogSaysSo()
    {
        await StartAsync();
        Part(0).Failure = new IOException("The disk is full.");

        using var response = await _host.Client.PostAsync("/admin/keys/0123456789abcdef/revoke", content: null);

        Assert.NotEqual("audit_unavailable", (await ErrorBody.ReadAsync(response)).Code);
        Assert.Contains(_host.Logs.Lines, line => line.Text.Contains("gives nothing new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_ThatCannotBeLogged_IsLetInAndTheLogSaysSo()
    {
        await StartAsync();
        Part(0).Failure = new IOException("The disk is full.");
        using var content = new StringContent($$"""{"key":"{{FrontendHost.AdminKey}}"}""", Encoding.UTF8, "application/json");

        using var response = await _host.NewClient().PostAsync("/admin/session", content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains(_host.Logs.Lines, line => line.Text.Contains("gives nothing new", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"enabled":false}""", 200)]
    [InlineData("""{"limits":{"requestsPerMinute":5}}""", 200)]
    [InlineData("""{"expiresAt":"2026-11-23T00:00:00Z"}""", 200)]
    [InlineData("""{"limits":{"requestsPerMinute":11}}""", 503)]
    [InlineData("""{"enabled":false,"limits":null}""", 503)]
    [InlineData("""{"name":"other"}""", 503)]
    public async Task ChangeOfAKey_ThatCannotBeLogged_IsDoneWhereItOnlyTakesRightsAway(string body, int status)
    {
        const string Id = "0123456789abcdef";
        await StartAsync();
        Part(0).Failure = new IOException("The disk is full.");
        var settings = new ApiKeySettings
        {
            Name = "ada",
            Limits = new ApiKeyLimits { RequestsPerMinute = 10 },
        };
        _host.Grains.Keys[Id] = new FakeApiKey { Info = FakeApiKey.InfoOf(settings, revokedAt: null) with { Id = Id } };
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await _host.Client.PatchAsync($"/admin/keys/{Id}", content);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200, _host.Grains.Keys[Id].Info!.Settings != settings);
        Assert.Equal(status == 200 ? null : "audit_unavailable", status == 200 ? null : (await ErrorBody.ReadAsync(response)).Code);
    }

    [Fact]
    public async Task Change_WhoseEndCannotBeLogged_StandsThereAsBegun()
    {
        await StartAsync(() => Part(0).Failure = new IOException("The disk is full."));

        using var response = await _host.Client.PutAsync("/admin/anything/x1", content: null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Part(0).Failure = null;
        Assert.Null(Assert.Single(await LogAsync()).Status);
        Assert.Contains(_host.Logs.Lines, line => line.Text.Contains("could not be put into the audit log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_ThatFails_IsLoggedAsFailed()
    {
        await StartAsync(() => throw new InvalidOperationException("A bug."));

        using var response = await _host.Client.PutAsync("/admin/anything/x1", content: null);

        Assert.Equal((500, 500), ((int)response.StatusCode, Assert.Single(await LogAsync()).Status));
    }

    [Fact]
    public async Task List_OfMoreThanAPartAndADay_IsPagedNewestFirstWithoutGapsOrRepetition()
    {
        await StartAsync();
        var written = new List<string>();
        for (var i = 0; i < IAuditGrain.Capacity + 30; i++)
        {
            if (i == IAuditGrain.Capacity + 10)
            {
                _time.Advance(TimeSpan.FromDays(2));
            }

            using var response = await _host.Client.PutAsync($"/admin/anything/{i}", content: null);
            written.Insert(0, $"/admin/anything/{i}");
        }

        var read = new List<string>();
        var next = "/admin/audit?limit=37";
        while (next is not null)
        {
            using var page = JsonDocument.Parse(await _host.Client.GetStringAsync(next));
            read.AddRange(
                page.RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("target").GetString()!)
            );
            next = page.RootElement.GetProperty("next").GetString() is { } id
                ? $"/admin/audit?limit=37&before={Uri.EscapeDataString(id)}"
                : null;
        }

        Assert.Equal(written, read);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("before=yesterday", "before")]
    [InlineData("before=2026-11-22/1000/1", "before")]
    public async Task List_BadParameter_Is400(string query, string field)
    {
        await StartAsync();

        using var response = await _host.Client.GetAsync($"/admin/audit?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, field), (response.StatusCode, (await ErrorBody.ReadAsync(response)).Param));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private FakeAudit Part(int part) =>
        _host.Grains.Audit.GetOrAdd(IAuditGrain.KeyOf(DateOnly.FromDateTime(Now.UtcDateTime), part), static key => new FakeAudit(key));

    private async Task<IEnumerable<AuditEntry>> LogAsync() => (await Part(0).Read()).Entries;

    private async Task StartAsync(Action? then = null, Action<FrontendOptions>? configure = null)
    {
        _host = await FrontendHost.StartAsync(
            configure,
            time: _time,
            routes: app =>
                app.MapPut(
                    "/admin/anything/{id}",
                    (HttpContext context) =>
                    {
                        _done++;
                        then?.Invoke();
                        context.Response.StatusCode = StatusCodes.Status202Accepted;
                    }
                )
        );
        _host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);
    }
}
