using System.Net;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Tests.Browser;

/// <summary>Operators' actions through the pages, checked afterwards by the API.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class DashboardActionTests(ServedDashboard served)
{
    [Fact]
    public async Task Account_ThroughItsPage_IsDisabledEnabledLimitedAndReset()
    {
        var page = await served.GoAsync("accounts/flowgpt/demo-3");

        await page.SeeAsync("demo-3");
        await ActAsync(page, "Disable", "Disable");
        await page.SeeAsync("Disabled");
        Assert.Equal(AccountStates.Disabled, await StateAsync("flowgpt", "demo-3"));

        await ActAsync(page, "Enable", "Enable");
        await page.SeeAsync("Ready");
        Assert.Equal(AccountStates.Ready, await StateAsync("flowgpt", "demo-3"));

        await ActAsync(page, "Drain", "Drain");
        await page.SeeAsync("Draining");
        Assert.Equal(AccountStates.Draining, await StateAsync("flowgpt", "demo-3"));
        await ActAsync(page, "Enable", "Enable");
        await page.SeeAsync("Ready");

        await page.ClickAsync("Change limits");
        await page.FillAsync("requests / hour", "777");
        await page.ClickAsync("Change");
        await page.SeeAsync("/ 777");
        Assert.Contains((await served.Admin.Accounts.GetAsync("flowgpt", "demo-3")).Account.Windows, static one => one.Limit == 777);

        await ActAsync(page, "Reset", "Reset");
        await page.SeeAsync("Done.");
    }

    [Fact]
    public async Task Accounts_AddedAndImported_AreThereAndCanBeReplacedAndRemoved()
    {
        var page = await served.GoAsync("accounts?pool=openai");
        await page.ClickAsync("Add account");
        await page.FillAsync("Name", "by-hand");
        await page.FillAsync("API key", "sk-by-hand-0001");
        await CheckDialogAsync(page);
        await page.ClickAsync("Add");
        await page.WaitAsync("document.querySelector('main table')?.innerText.includes('by-hand')");

        await page.ClickAsync("Import many");
        await page.FillAsync("Lines", "many-1 sk-many-0001\nnonsense\nmany-2,sk-many-0002\nby-hand sk-other-0003");
        await CheckDialogAsync(page);
        await page.ClickAsync("Import");
        await page.SeeAsync("2 of 4 added");
        await page.ClickAsync("Close");
        var names = (await served.Admin.Pools.GetAsync("openai")).Accounts.Select(static one => one.Name).ToArray();
        Assert.Superset(new HashSet<string> { "by-hand", "many-1", "many-2" }, names.ToHashSet());

        var before = (await served.Admin.Accounts.GetAsync("openai", "by-hand")).Account.TokenFingerprint;
        await page.GoAsync("accounts/openai/by-hand");
        await page.ClickAsync("Replace token");
        await page.FillAsync("API key", "sk-by-hand-0002");
        await page.ClickAsync("Replace");
        await page.WaitAsync(
            $"document.querySelector('main')?.innerText.includes('Token fingerprint') && !document.querySelector('main').innerText.includes('{before}')"
        );

        await ActAsync(page, "Remove", "Remove");
        await page.WaitAsync("document.querySelector('h1').innerText === 'Accounts'");
        var gone = await Assert.ThrowsAsync<AdminException>(() => served.Admin.Accounts.GetAsync("openai", "by-hand"));
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }

    [Fact]
    public async Task Key_MadeOnThePage_ServesUntilItIsRevoked()
    {
        var page = await served.GoAsync("keys");
        await page.ClickAsync("Make a key");
        await page.FillAsync("Name", "Ada of the page");
        await page.FillAsync("Owner", "ada@example.com");
        await page.FillAsync("requests / minute", "50");
        await page.ClickAsync("Make");
        await page.WaitAsync("document.querySelector('.secret code')?.innerText.length > 20");
        var secret = (string)(await page.RunAsync("document.querySelector('.secret code').innerText"))!;
        await page.ClickAsync("Close");

        Assert.Equal(HttpStatusCode.OK, await served.ChatAsync(secret));

        await page.ClickAsync("Ada of the page");
        await page.SeeAsync("/ 50");
        await page.ClickAsync("Change");
        await page.FillAsync("requests / minute", "60");
        await CheckDialogAsync(page);
        await page.ClickAsync("Change");
        await page.SeeAsync("/ 60");
        Assert.Equal(60, (await KeyAsync("Ada of the page")).Limits.RequestsPerMinute);
        await ActAsync(page, "Disable", "Disable");
        await page.SeeAsync("disabled");
        Assert.Equal(HttpStatusCode.Unauthorized, await served.ChatAsync(secret));
        await ActAsync(page, "Enable", "Enable");
        await page.SeeAsync("active");
        Assert.Equal(HttpStatusCode.OK, await served.ChatAsync(secret));
        // A key is shown once: Escape closes other dialogs, and not this one.
        await page.ClickAsync("Rotate");
        await page.WaitAsync("document.querySelector('.mud-dialog')?.contains(document.activeElement)");
        await page.PressAsync("Escape");
        await page.WaitAsync("!document.querySelector('.mud-dialog')");
        await page.ClickAsync("Rotate");
        await page.ClickAsync("Rotate");
        await page.WaitAsync("document.querySelector('.secret code')?.innerText.length > 20");
        await page.WaitAsync("document.querySelector('.mud-dialog').contains(document.activeElement)");
        var rotated = (string)(await page.RunAsync("document.querySelector('.secret code').innerText"))!;
        await page.PressAsync("Escape");
        await page.RunAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.Equal(rotated, (string?)await page.RunAsync("document.querySelector('.secret code')?.innerText"));
        await page.ClickAsync("Close");
        Assert.NotEqual(secret, rotated);
        Assert.Equal(HttpStatusCode.OK, await served.ChatAsync(rotated));

        await ActAsync(page, "Revoke", "Revoke");
        await page.WaitAsync("document.querySelector('.facts').innerText.includes('revoked')");
        Assert.Contains((await served.Admin.Keys.ListAsync()).Data, static key => key is { Name: "Ada of the page", Status: "revoked" });
        Assert.Equal(HttpStatusCode.Unauthorized, await served.ChatAsync(rotated));
    }

    [Fact]
    public async Task Route_AddedOnThePage_ServesThePlayground()
    {
        var page = await served.GoAsync("routes");
        await page.ClickAsync("Add route");
        await page.WaitAsync("document.querySelectorAll('fieldset option').length > 1");
        await page.FillAsync("Route", "from-the-page");
        await page.FillAsync("Pool", "openai");
        await page.FillAsync("Model at the provider", "sim-large");
        await CheckDialogAsync(page);
        await page.ClickAsync("Add");
        await page.WaitAsync("document.querySelector('main table')?.innerText.includes('from-the-page')");
        Assert.Contains(
            (await served.Admin.Models.ListAsync()).Models,
            static one => one.Model.Id == "from-the-page" && one.Origin == "Api"
        );
        await page.ClickAsync("Change from-the-page");
        await page.WaitAsync("document.querySelectorAll('fieldset option').length > 1");
        await page.FillAsync("Context window, tokens", "4321");
        await page.ClickAsync("Change");
        await page.SeeAsync("4,321");
        Assert.Contains(
            (await served.Admin.Models.ListAsync()).Models,
            static one => one.Model is { Id: "from-the-page", ContextWindow: 4321 }
        );
        await page.ClickAsync("Ask providers again");
        await AuditedAsync("/admin/models/refresh");

        await page.GoAsync("playground");
        await page.FillAsync("Route", "from-the-page");
        await page.FillAsync("Client key", served.ClientKey);
        await page.ClickAsync("Send");
        await page.WaitAsync(
            "document.querySelector('[data-reply]')?.innerText.length > 0 && document.querySelector('main').innerText.includes('200 · stop')"
        );
        await page.WaitAsync(
            "document.querySelector('main dl a[href^=\"requests/\"]') && document.querySelector('main').innerText.includes('1 attempts')"
        );
        foreach (var language in (string[])["Python", "JavaScript", "C#", "curl"])
        {
            await page.ClickAsync(language);
            await page.WaitAsync("document.querySelector('pre.code').innerText.includes('from-the-page')");
            Assert.DoesNotContain(
                served.ClientKey,
                (string)(await page.RunAsync("document.querySelector('main').innerText"))!,
                StringComparison.Ordinal
            );
        }

        await page.GoAsync("routes");
        await page.ClickAsync("Remove from-the-page");
        await page.ClickAsync("Remove");
        await page.WaitAsync(
            "document.querySelector('main table') && !document.querySelector('main table').innerText.includes('from-the-page')"
        );
        Assert.DoesNotContain((await served.Admin.Models.ListAsync()).Models, static one => one.Model.Id == "from-the-page");
    }

    [Fact]
    public async Task Silo_ThatIsTheOnlyOne_IsNotDrainedAndThePageSaysWhy()
    {
        var page = await served.GoAsync("cluster");

        await ActAsync(page, "Drain", "Drain");

        await page.WaitAsync("document.querySelector('.mud-snackbar')?.innerText.length > 10");
        Assert.All((await served.Admin.Cluster.GetAsync()).Silos, static silo => Assert.False(silo.Report!.IsDraining));
        await page.GoAsync("audit");
        await page.SeeAsync("/drain");
        await page.SeeAsync("409");
    }

    [Fact]
    public async Task Dialog_LeftByTheBackButton_DoesNotFailThePage()
    {
        var page = await served.GoAsync("audit");
        await page.WaitAsync("document.querySelector('h1').innerText === 'Audit'");
        await page.GoAsync("accounts?pool=openai");
        await page.ClickAsync("Import many");
        await page.FillAsync("Lines", "nonsense");
        await page.ClickAsync("Import");
        await page.SeeAsync("0 of 1 added");

        await page.RunAsync("history.back()");

        await page.WaitAsync("document.querySelector('h1').innerText === 'Audit' && !document.querySelector('.mud-dialog')");
        await page.GoAsync("cluster");
        await page.WaitAsync("document.querySelector('h1').innerText === 'Cluster' && document.querySelector('main table')");
        Assert.Equal("none", (string?)await page.RunAsync("getComputedStyle(document.getElementById('blazor-error-ui')).display"));
    }

    [Fact]
    public async Task KeyOfResponseIds_RenewedOnThePage_StandsInTheAuditLog()
    {
        var page = await served.GoAsync("cluster");
        await page.SeeAsync("Ids of responses");

        await ActAsync(page, "Make a new key", "Make a new key");

        await AuditedAsync("/admin/cluster/response-keys/rotate");
    }

    /// <summary>Waits until the audit log has a change of this path that succeeded: an entry is written after the answer.</summary>
    private async Task AuditedAsync(string path)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        while (!(await served.Admin.Audit.ListAsync(new AuditFilter { Path = path })).Entries.Any(static entry => entry.Status == 200))
        {
            await look.WaitForNextTickAsync(TestDeadline.Token);
        }
    }

    private static async Task CheckDialogAsync(BrowserPage page)
    {
        var found = await page.CheckAccessibilityAsync(".mud-dialog");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task<Key> KeyAsync(string name) => (await served.Admin.Keys.ListAsync()).Data.Single(key => key.Name == name);

    /// <summary>Presses a button of the page, confirms, and waits until the dialog is closed.</summary>
    private static async Task ActAsync(BrowserPage page, string button, string confirm)
    {
        await page.WaitAsync("!document.querySelector('.mud-dialog')");
        await page.ClickAsync(button);
        await page.WaitAsync("document.querySelector('.mud-dialog')");
        await page.ClickAsync(confirm);
        await page.WaitAsync("!document.querySelector('.mud-dialog')");
    }

    private async Task<string> StateAsync(string pool, string name) => (await served.Admin.Accounts.GetAsync(pool, name)).Account.State;
}
