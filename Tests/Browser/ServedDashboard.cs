using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process;
using FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Browser;

/// <summary>The product as a newcomer starts it, with its demo accounts, constant traffic, and a browser.</summary>
public sealed class ServedDashboard : IAsyncLifetime
{
    /// <summary>Names the output folder of <c>dotnet publish Dashboard</c> whose files are to be served.</summary>
    internal const string PublishedFiles = "FLOWGPT_PUBLISHED_DASHBOARD";

    private static readonly Uri Chat = new("/v1/chat/completions", UriKind.Relative);

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _end = new();
    private SiloProcess? _silo;
    private Chromium? _browser;
    private BrowserPage? _page;
    private HttpClient? _http;
    private readonly SemaphoreSlim _mayGo = new(1);
    private Task _traffic = Task.CompletedTask;

    /// <summary>The folder of the published files; null where the files of the build are served.</summary>
    internal static string? Published { get; } = new ConfigurationBuilder().AddEnvironmentVariables().Build()[PublishedFiles];

    internal Uri Address => _silo!.Address;

    internal Chromium Browser => _browser!;

    /// <summary>The admin key.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>A client key.</summary>
    public string ClientKey { get; private set; } = "";

    /// <summary>The admin API, with the key.</summary>
    public AdminClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _browser = await Chromium.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["FlowGpt__Frontend__TrustedProxies"] = "127.0.0.1;::1",
            ["FlowGpt__Frontend__ShowConversationText"] = "true",
        };
        UsePublishedFiles(settings);
        _silo = await SiloProcess.StartAsync(_directory, settings);
        AdminKey = (await File.ReadAllTextAsync(_directory.File("data/admin-key"))).Trim();
        ClientKey = (await File.ReadAllTextAsync(_directory.File("data/api-key"))).Trim();
        _http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address };
        Admin = AdminClient.WithKey(_http, AdminKey);
        _traffic = SendAsync();
    }

    /// <summary>A page that is signed in, the same for all tests: loading one takes seconds.</summary>
    internal async Task<BrowserPage> GoAsync(string path)
    {
        if (_page is null)
        {
            _page = await BrowserPage.OpenAsync(Browser, Viewer.Desktop);
            await _page.LoadAsync(new Uri(Address, "/"));
            await SignInAsync(_page);
        }

        await _page.WaitAsync("!document.querySelector('.mud-dialog')");
        await _page.GoAsync(path);
        return _page;
    }

    /// <summary>Fills in the form that asks for the key.</summary>
    internal async Task SignInAsync(BrowserPage page)
    {
        await page.WaitAsync("document.querySelector('input[name=key]')");
        await page.RunAsync(
            $$"""(field => { field.value = "{{AdminKey}}"; field.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector("input[name=key]"))"""
        );
        await page.RunAsync("document.querySelector('button[type=submit]').click()");
        await page.WaitAsync("document.querySelector('nav a')");
    }

    /// <summary>The cookie of a person whom the identity provider of another frontend with the same admin key signed in.</summary>
    internal async Task<string> TicketAsync(AdminRole role, DateTimeOffset end)
    {
        await using var frontend = await FrontendHost.StartAsync(options => options.AdminKey = AdminKey);
        return frontend.Ticket(SignedIn.Person(role, $"{role}".ToLowerInvariant()), end);
    }

    /// <summary>A new page, signed in as a person.</summary>
    internal async Task<BrowserPage> OpenAsAsync(AdminRole role, string path, Viewer? viewer = null)
    {
        var page = await BrowserPage.OpenAsync(Browser, viewer ?? Viewer.Desktop);
        var ticket = await TicketAsync(role, TimeProvider.System.GetUtcNow().AddHours(1));
        await page.SetCookieAsync(Address, AdminAuthorizer.Cookie, ticket);
        await page.LoadAsync(new Uri(Address, $"/dashboard/{path}"));
        return page;
    }

    /// <summary>Waits for the running request and sends no further ones.</summary>
    internal Task PauseTrafficAsync() => _mayGo.WaitAsync(TestDeadline.Token);

    /// <summary>Sends requests again.</summary>
    internal void ResumeTraffic() => _mayGo.Release();

    /// <summary>Today's sum, once two readings with a roll-up between them are equal: then it holds everything that was served.</summary>
    internal async Task<UsageSum> ReadSettledUsageAsync()
    {
        var request = new UsageRequest { Start = TimeProvider.System.GetUtcNow().AddHours(-23), BucketWidth = "total" };
        var last = new UsageSum();
        while (true)
        {
            using var rollUp = new PeriodicTimer(TimeSpan.FromSeconds(2), TimeProvider.System);
            await rollUp.WaitForNextTickAsync(TestDeadline.Token);
            var sum = (await Admin.Usage.GetAsync(request)).Data.SelectMany(static stretch => stretch.Results).FirstOrDefault() ?? new();
            if (sum.Requests > 0 && (sum.Requests, sum.OutputTokens) == (last.Requests, last.OutputTokens))
            {
                return sum;
            }

            last = sum;
        }
    }

    /// <summary>The status of a request with a key.</summary>
    internal async Task<HttpStatusCode> ChatAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent(
            """{"model":"gpt-4-free","messages":[{"role":"user","content":"Hello"}]}""",
            new MediaTypeHeaderValue("application/json")
        );
        using var answer = await _http!.SendAsync(request);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _traffic;
        _http?.Dispose();
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _directory.Dispose();
        _end.Dispose();
        _mayGo.Dispose();
    }

    /// <summary>Serves the output of <c>dotnet publish Dashboard</c> where a variable names that folder, instead of the files of the build.</summary>
    private void UsePublishedFiles(Dictionary<string, string> settings)
    {
        if (Published is { } published)
        {
            var none = _directory.File("no-files-of-the-build.json");
            File.WriteAllText(none, """{"ContentRoots":[],"Root":{"Children":null,"Asset":null,"Patterns":null}}""");
            settings["ASPNETCORE_STATICWEBASSETS"] = none;
            settings["ASPNETCORE_WEBROOT"] = Path.Combine(published, "wwwroot");
        }
    }

    /// <summary>A request after the other to four routes, one of which does not exist; not so many that they take the pages' processor.</summary>
    private async Task SendAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ClientKey);
        string[] routes = ["gpt-4-free", "sim-large", "sim-small", "no-such-route"];
        try
        {
            for (var sent = 0; ; sent++)
            {
                var body = new JsonObject
                {
                    ["model"] = routes[sent % routes.Length],
                    ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"Request {sent}" }),
                };
                using var content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
                await pace.WaitForNextTickAsync(_end.Token);
                await _mayGo.WaitAsync(_end.Token);
                try
                {
                    using var answer = await client.PostAsync(Chat, content, _end.Token);
                }
                finally
                {
                    _mayGo.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested) { }
    }
}
