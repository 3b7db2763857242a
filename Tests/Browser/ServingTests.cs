using System.Net;

namespace FlowGpt.Tests.Browser;

/// <summary>How the dashboard's files are served.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class ServingTests(ServedDashboard served)
{
    [Fact]
    public async Task Root_ForABrowser_LeadsToTheDashboardAndForOthersDoesNot()
    {
        using var browser = await GetAsync("/", "text/html");
        using var program = await GetAsync("/", "*/*");

        Assert.Equal(HttpStatusCode.Redirect, browser.StatusCode);
        Assert.Equal("/dashboard/", browser.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, program.StatusCode);
        Assert.Equal("application/json", program.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Root_WithAPrefixThatNamesAnotherHost_StaysHere()
    {
        using var answer = await GetAsync("/", "text/html", "//elsewhere.example");

        Assert.Equal("/dashboard/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Page_BelowAProxysPath_HasThatPathAsItsBaseAndAPolicy()
    {
        using var answer = await GetAsync("/dashboard/accounts/a/b", "text/html", "/team/gateway");

        Assert.Contains("<base href=\"/team/gateway/dashboard/\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-eval'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_WithAHashInTheirName_AreKeptAndOthersAskedAbout()
    {
        using var script = await GetAsync("/dashboard/_framework/dotnet.js", "*/*");
        var hashed = System
            .Text.RegularExpressions.Regex.Match(await script.Content.ReadAsStringAsync(), @"dotnet\.native\.\w{10}\.wasm")
            .Value;
        using var wasm = await GetAsync($"/dashboard/_framework/{hashed}", "*/*");

        Assert.Equal(HttpStatusCode.OK, wasm.StatusCode);
        Assert.Equal("application/wasm", wasm.Content.Headers.ContentType?.MediaType);
        Assert.True(wasm.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(300));
        Assert.True(script.Headers.CacheControl?.NoCache);
        Assert.NotNull(script.Headers.ETag);
    }

    [Theory]
    [InlineData("/dashboard/none.js")]
    [InlineData("/dashboard/../appsettings.json")]
    [InlineData("/dashboard/..%2fFlowGpt.Silo.dll")]
    [InlineData("/dashboard/_framework/..%2f..%2f..%2fFlowGpt.Silo.runtimeconfig.json")]
    public async Task Files_ThatAreNotTheDashboards_AreNotServed(string path)
    {
        using var answer = await GetAsync(path, "*/*");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Published_FirstVisit_TakesAtMost3MegabytesAndShowsTheFormToSignIn()
    {
        Assert.SkipUnless(
            ServedDashboard.Published is not null,
            $"The dashboard is not published. Run: dotnet publish Dashboard -c Release -o FOLDER, and set {ServedDashboard.PublishedFiles}=FOLDER"
        );
        Assert.Empty(Directory.GetDirectories(ServedDashboard.Published, "_content", SearchOption.AllDirectories));
        await using var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);

        await page.LoadAsync(new Uri(served.Address, "/dashboard/"));
        await page.WaitAsync("document.querySelector('input[name=key]')");
        var bytes = await page.RunAsync("performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)");

        Assert.InRange((double)bytes!, 500_000, 3_000_000);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept, string? prefix = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(served.Address, path));
        request.Headers.Accept.ParseAdd(accept);
        if (prefix is not null)
        {
            request.Headers.Add("X-Forwarded-Prefix", prefix);
            request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        }

        return await client.SendAsync(request);
    }
}
