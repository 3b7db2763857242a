using System.Net;
using System.Net.Http.Headers;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Orleans' own dashboard behind the admin key.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task Dashboard_SwitchedOn_OpensForAPersonWhoSignsInAndOpensNothingElse()
    {
        await using var gateway = await Gateway.StartAsync(1, "FlowGpt:Frontend:OrleansDashboard=true");
        using var browser = NewBrowser(gateway);

        using var form = await browser.GetAsync("/admin/orleans/");
        using var wrong = await SignInAsync(browser, "sk-not-the-admin-key-0123");
        using var client = await SignInAsync(browser, Gateway.MasterKey);
        Assert.Equal(HttpStatusCode.Unauthorized, form.StatusCode);
        Assert.Contains("type=\"password\"", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.StatusCode, client.StatusCode));

        using var right = await SignInAsync(browser, Gateway.AdminKey);
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        Assert.All(
            ["httponly", "samesite=strict", "path=/admin/orleans"],
            part => Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase)
        );
        Assert.DoesNotContain(Gateway.AdminKey, cookie, StringComparison.Ordinal);

        using var page = await browser.GetAsync("/admin/orleans/");
        using var counters = await browser.GetAsync("/admin/orleans/DashboardCounters");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (page.StatusCode, counters.StatusCode));

        // The test sends the cookie to every route; routes that change something do not accept it.
        browser.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using var change = await browser.PostAsync("/admin/pools/flowgpt/accounts/a1/disable", content: null);
        using var state = await browser.GetAsync("/admin/orleans/GrainState?grainId=1&grainType=x");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (change.StatusCode, state.StatusCode));
    }

    [Fact]
    public async Task Dashboard_SwitchedOff_IsNotThere()
    {
        await using var gateway = await Gateway.StartAsync(1);
        using var browser = NewBrowser(gateway);
        browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Gateway.AdminKey);

        using var page = await browser.GetAsync("/admin/orleans/");

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    private static HttpClient NewBrowser(Gateway gateway)
    {
        var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = gateway.Http.BaseAddress,
        };
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return browser;
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string key) =>
        browser.PostAsync("/admin/orleans/sign-in", new FormUrlEncodedContent([new("key", key)]));
}
