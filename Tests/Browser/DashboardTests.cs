using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Browser;

/// <summary>Every page of the dashboard in a browser, over the running product.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class DashboardTests(ServedDashboard served)
{
    /// <summary>Set to 1 to write the pictures of the documentation again.</summary>
    private const string WritesPictures = "FLOWGPT_WRITE_PICTURES";

    /// <summary>Each page with an element that is there once its data have been read.</summary>
    private static readonly (string Path, string Shows)[] Pages =
    [
        ("", ".tile"),
        ("accounts?pool=flowgpt", "[role=meter]"),
        ("accounts/flowgpt/demo-1", ".chart"),
        ("usage", "[data-total=requests]"),
        ("keys", ".panel, .empty"),
        ("routes", "table"),
        ("requests", "table"),
        ("conversations", ".tiles, .empty"),
        ("playground", "textarea"),
        ("cluster", "table"),
        ("audit", ".panel, .empty"),
        ("settings", "table"),
    ];

    /// <summary>Every combination of theme, language and width.</summary>
    public static TheoryData<bool, string, int, int> Viewers { get; } =
        new()
        {
            { false, "en-US", 1280, 860 },
            { true, "zh-CN", 1280, 860 },
            { false, "zh-CN", 390, 844 },
            { true, "en-US", 390, 844 },
        };

    [Theory]
    [MemberData(nameof(Viewers))]
    public async Task Pages_ForAViewer_ShowTheirDataFitTheScreenAndAreAccessible(bool isDark, string language, int width, int height)
    {
        var viewer = new Viewer(isDark, language, width, height);
        await using var page = await BrowserPage.OpenAsync(served.Browser, viewer);
        await page.LoadAsync(new Uri(served.Address, "/"));
        await page.WaitAsync("document.querySelector('input[name=key]')");
        await CheckAsync(page, "sign in");
        await served.SignInAsync(page);
        var key = await served.Admin.Keys.CreateAsync(
            new()
            {
                Name = "Ada",
                Limits = new Dictionary<string, long?> { ["requestsPerMinute"] = 50 },
            }
        );
        var request = (await served.Admin.Live.RequestsAsync(new() { Outcome = "completed", Limit = 1 })).Requests[0];
        foreach (var (path, shows) in Pages.Append(($"keys/{key.Id}", "[role=meter]")).Append(($"requests/{request.Id}", ".facts")))
        {
            await page.GoAsync(path);
            await ShowAsync(page, viewer, path, shows);
        }

        await page.GoAsync("routes");
        await page.WaitAsync("document.querySelector('main table') && !document.querySelector('.loading')");
        await page.RunAsync("document.querySelectorAll('main .bar button')[1].click()");
        await page.WaitAsync("document.querySelector('.mud-snackbar')");
        Assert.Empty(await page.CheckAccessibilityAsync(".mud-snackbar"));
        await using var mine = await served.OpenAsAsync(AdminRole.Member, "mine", viewer);
        await ShowAsync(mine, viewer, "mine", ".tiles");
        Assert.Equal(language == "zh-CN" ? "zh-CN" : "en", (string?)await page.RunAsync("document.documentElement.lang"));
        Assert.Empty(page.Errors);
        Assert.Empty(mine.Errors);
    }

    [Fact]
    public async Task Overview_WhileRequestsAreServed_ChangesByItself()
    {
        var page = await served.GoAsync("");
        await page.WaitAsync("document.querySelector('.tile')");
        var before = (string?)await page.RunAsync("document.querySelector('.tiles').innerText");

        await page.WaitAsync($"document.querySelector('.tiles').innerText !== {BrowserPage.Quote(before!)}");
    }

    [Fact]
    public async Task Usage_OfTheDay_EqualsTheApisToTheLastToken()
    {
        await served.PauseTrafficAsync();
        try
        {
            var sum = await served.ReadSettledUsageAsync();
            var page = await served.GoAsync("usage");
            await page.WaitAsync("document.querySelector('[data-total=requests]')");

            Assert.Equal(sum.Requests, await FigureAsync(page, "requests"));
            Assert.Equal(sum.InputTokens, await FigureAsync(page, "input"));
            Assert.Equal(sum.OutputTokens, await FigureAsync(page, "output"));
            Assert.True(sum.OutputTokens > 0);
        }
        finally
        {
            served.ResumeTraffic();
        }
    }

    [Fact]
    public async Task SignIn_WithAWrongKey_SaysSoAndShowsNothing()
    {
        await using var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);
        await page.LoadAsync(new Uri(served.Address, "/dashboard/keys"));
        await page.WaitAsync("document.activeElement.name === 'key'");
        await page.FillAsync("Admin key", "not-the-key");
        await page.ClickAsync("Sign in");

        await page.SeeAsync("This is not the admin key.");
        Assert.False((bool)(await page.RunAsync("!!document.querySelector('nav a')"))!);
    }

    [Fact]
    public async Task Addresses_OfPages_CanBeOpenedDirectlyAndGoneBackTo()
    {
        await using var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);
        await page.LoadAsync(new Uri(served.Address, "/dashboard/accounts/flowgpt/demo-2"));
        await served.SignInAsync(page);
        await page.WaitAsync("document.querySelector('h1').innerText === 'demo-2' && document.querySelector('.facts')");
        await page.GoAsync("audit");
        await page.WaitAsync("document.querySelector('h1').innerText === 'Audit'");

        await page.RunAsync("history.back()");

        await page.WaitAsync("document.querySelector('h1').innerText === 'demo-2'");
    }

    [Fact]
    public async Task Session_InTheBrowser_OutlivesALoadAndEndsWithSigningOut()
    {
        await using var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);
        await page.LoadAsync(new Uri(served.Address, "/dashboard/cluster"));
        await served.SignInAsync(page);
        Assert.DoesNotContain(served.AdminKey, (string)(await page.RunAsync(Readable))!, StringComparison.Ordinal);
        Assert.Equal("", (string?)await page.RunAsync("document.cookie"));

        await page.LoadAsync(new Uri(served.Address, "/dashboard/cluster"));
        await page.WaitAsync("document.querySelector('main table')");
        await page.ClickAsync("Sign out");
        await page.WaitAsync("document.querySelector('input[name=key]')");

        Assert.Equal(401, (int?)await page.RunAsync("fetch('../admin/cluster').then(answer => answer.status)"));
    }

    [Fact]
    public async Task Request_OpenedFromTheList_ShowsItsAttemptsAndTimings()
    {
        var page = await served.GoAsync("requests?outcome=completed");
        await page.WaitAsync("document.querySelector('main tbody a')");
        await page.RunAsync("document.querySelector('main tbody a').click()");
        await page.SeeAsync("Result of the request");

        var id = (string)(await page.RunAsync("location.pathname.split('/').at(-1)"))!;
        var request = (await served.Admin.Live.RequestAsync(id)).Request;
        await page.SeeAsync(request.Account!);
        await page.SeeAsync(request.ResponseId!);
    }

    [Fact]
    public async Task Chart_ByKeyboard_TellsItsValues()
    {
        var page = await served.GoAsync("");
        await page.WaitAsync("document.querySelectorAll('.plot').length > 1");
        await page.RunAsync("document.querySelectorAll('.plot')[1].focus()");

        await page.PressAsync("ArrowLeft");

        await page.WaitAsync("document.querySelector('.tip')?.innerText.includes('Served')");
    }

    /// <summary>Everything that the browser stores and a script could read.</summary>
    private const string Readable =
        "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.documentElement.outerHTML";

    private static bool IsDrawing => new ConfigurationBuilder().AddEnvironmentVariables().Build()[WritesPictures] == "1";

    private static async Task<long> FigureAsync(BrowserPage page, string name) =>
        long.Parse(
            ((string)(await page.RunAsync($"document.querySelector('[data-total={name}]').innerText"))!).Replace(
                ",",
                "",
                StringComparison.Ordinal
            )
        );

    private static async Task ShowAsync(BrowserPage page, Viewer viewer, string path, string shows)
    {
        await page.WaitAsync(
            $"document.querySelector('main h1') && document.querySelector('main').querySelector('{shows}') && !document.querySelector('.loading')"
        );
        await CheckAsync(page, path);
        await DrawAsync(page, viewer, path);
    }

    private static async Task CheckAsync(BrowserPage page, string path)
    {
        Assert.False((bool)(await page.RunAsync("!!document.querySelector('.problem')"))!, $"{path} shows a problem");
        Assert.True((bool)(await page.RunAsync("document.documentElement.scrollWidth <= innerWidth"))!, $"{path} is wider than the screen");
        var found = await page.CheckAccessibilityAsync();
        Assert.True(found.Count == 0, $"{path}: {string.Join('\n', found)}");
    }

    private static async Task DrawAsync(BrowserPage page, Viewer viewer, string path)
    {
        var name = (viewer, path) switch
        {
            ({ IsDark: false, Width: 1280 }, "") => "overview",
            ({ IsDark: false, Width: 1280 }, "accounts/flowgpt/demo-1") => "account",
            ({ IsDark: false, Width: 1280 }, _) => path.Split('?')[0] switch
            {
                { } one when one.StartsWith("keys/", StringComparison.Ordinal) => "key",
                { } one when one.StartsWith("requests/", StringComparison.Ordinal) => "request",
                var one => one,
            },
            ({ IsDark: true, Width: 1280 }, "usage") => "usage-dark-zh",
            ({ IsDark: true, Width: 390 }, "") => "overview-phone",
            _ => null,
        };
        if (name is not null && IsDrawing)
        {
            await page.WaitAsync(
                "!document.querySelector('[data-live]') || document.querySelectorAll('.plot')[0].querySelectorAll('.hit').length > 15"
            );
            if (name == "settings")
            {
                // The other pictures would show paths of the machine that makes them.
                await page.FillAsync("Name contains", "FlowGpt:Pool");
                await page.WaitAsync("document.querySelector('main tbody').innerText.startsWith('FlowGpt:Pool')");
            }

            Directory.CreateDirectory(Repository.PathOf("docs/images"));
            await File.WriteAllBytesAsync(Repository.PathOf($"docs/images/{name}.png"), await page.ShootAsync());
        }
    }
}
