using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Browser;

/// <summary>What persons of each role see, and what they see when their session ends.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class RoleTests(ServedDashboard served)
{
    /// <summary>The texts of the buttons that change something.</summary>
    private static readonly string[] Changing =
    [
        "Enable",
        "Disable",
        "Drain",
        "Resume",
        "Reset",
        "Replace token",
        "Remove",
        "Change limits",
        "Add account",
        "Import many",
        "Make a key",
        "Change",
        "Rotate",
        "Revoke",
        "Add route",
        "Ask providers again",
        "Make a new key",
    ];

    [Fact]
    public async Task Viewer_OnEveryPage_SeesTheDataAndNothingThatTheRoleRefuses()
    {
        var key = await served.Admin.Keys.CreateAsync(new() { Name = "seen by a viewer" });
        await served.Admin.Accounts.AddAsync(
            "openai",
            new()
            {
                Name = "seen-by-a-viewer",
                Credential = new Dictionary<string, string> { ["apiKey"] = "sk-viewer-0001" },
            }
        );
        await using var page = await served.OpenAsAsync(AdminRole.Viewer, "");
        foreach (
            var path in (string[])
                [
                    "",
                    "accounts?pool=openai",
                    "accounts/openai/seen-by-a-viewer",
                    "keys",
                    $"keys/{key.Id}",
                    "routes",
                    "requests",
                    "cluster",
                    "settings",
                    "audit",
                ]
        )
        {
            await page.WaitAsync("document.querySelector('nav a')");
            await page.GoAsync(path);
            await page.WaitAsync(
                "document.querySelector('main h1') && document.querySelector('main .panel') && !document.querySelector('.loading')"
            );
            var buttons = await page.RunAsync("[...document.querySelectorAll('main button')].map(one => one.innerText.trim()).join('|')");
            Assert.Empty(((string)buttons!).Split('|').Intersect(Changing));
            Assert.False((bool)(await page.RunAsync("!!document.querySelector('.problem')"))!, $"{path} shows a problem");
        }

        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Member_MakesAKeyThatServesAndRevokesIt()
    {
        await using var page = await served.OpenAsAsync(AdminRole.Member, "");
        await page.WaitAsync("document.querySelector('h1')?.innerText === 'My keys'");
        await page.ClickAsync("Make a key");
        await page.FillAsync("Name", "of a member");
        await page.ClickAsync("Make");
        await page.WaitAsync("document.querySelector('.secret code')?.innerText.length > 20");
        var secret = (string)(await page.RunAsync("document.querySelector('.secret code').innerText"))!;
        await page.ClickAsync("Close");
        await page.WaitAsync("!document.querySelector('.mud-dialog')");
        Assert.Equal(System.Net.HttpStatusCode.OK, await served.ChatAsync(secret));
        Assert.Equal("My keys|Playground", (string?)await page.RunAsync(Links));

        await page.GoAsync("playground");
        await page.FillAsync("Route", "no-such-route");
        await page.FillAsync("Client key", secret);
        await page.ClickAsync("Send");
        await page.SeeAsync("Choose a route that the page Routes shows.");
        Assert.DoesNotContain(
            "{",
            (string)(await page.RunAsync("document.querySelector('.problem').innerText"))!,
            StringComparison.Ordinal
        );

        await page.GoAsync("mine");
        await page.ClickAsync("Revoke of a member");
        await page.ClickAsync("Revoke");
        await page.WaitAsync("document.querySelector('main table')?.innerText.includes('revoked')");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await served.ChatAsync(secret));
    }

    [Fact]
    public async Task Session_ThatExpires_LeadsToSigningInAndBackToThePage()
    {
        await using var page = await served.OpenAsAsync(AdminRole.Admin, "cluster");
        await page.WaitAsync("document.querySelector('main table')");

        var ended = await served.TicketAsync(AdminRole.Admin, TimeProvider.System.GetUtcNow().AddMinutes(-1));
        await page.SetCookieAsync(served.Address, AdminAuthorizer.Cookie, ended);

        await page.SeeAsync("Your session has ended. Please sign in again.");
        await served.SignInAsync(page);
        await page.WaitAsync("document.querySelector('h1').innerText === 'Cluster' && document.querySelector('main table')");
    }

    /// <summary>The names by which <see cref="Viewer_OnEveryPage_SeesTheDataAndNothingThatTheRoleRefuses"/> looks for buttons are those that the pages use.</summary>
    [Fact]
    public void Changing_AreNamesOfThePages()
    {
        var pages = string.Concat(
            Directory.EnumerateFiles(Repository.PathOf("Dashboard"), "*.razor", SearchOption.AllDirectories).Select(File.ReadAllText)
        );

        Assert.All(Changing, name => Assert.Contains($"\"{name}\"", pages, StringComparison.Ordinal));
    }

    private const string Links = "[...document.querySelectorAll('nav a')].map(one => one.innerText.trim()).join('|')";
}
