using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Cluster.ApiFrontend;
using FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;

namespace FlowGpt.Tests.Browser;

/// <summary>The settings page over a cluster of two silos.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class SiloSettingsTests(ServedDashboard served)
{
    [Fact]
    public async Task Settings_OfTwoSilos_ShowWhereTheyDifferAndThoseOfTheChosenSilo()
    {
        await using var cluster = await GatewayCluster.StartAsync(
            2,
            SettingsOfSilo.AddTo,
            Path.Combine(AppContext.BaseDirectory, "FlowGpt.Silo.staticwebassets.runtime.json")
        );
        var frontend = cluster.Frontend;
        await using var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);
        var person = SignedIn.Person(AdminRole.Viewer, "vera");
        await page.SetCookieAsync(
            frontend.Address,
            AdminAuthorizer.Cookie,
            frontend.Ticket(person, TimeProvider.System.GetUtcNow().AddHours(1))
        );
        await page.LoadAsync(new Uri(frontend.Address, "/dashboard/settings"));

        await page.WaitAsync(
            "document.querySelector('[data-differences=\"2\"]') && document.querySelectorAll('.field option').length === 3"
        );
        var differences = (string)(await page.RunAsync("document.querySelector('[data-differences]').innerText"))!;
        Assert.Contains(SettingsOfSilo.Own, differences, StringComparison.Ordinal);
        Assert.Contains(SettingsOfSilo.Secret, differences, StringComparison.Ordinal);
        Assert.DoesNotContain(SettingsOfSilo.Same, differences, StringComparison.Ordinal);

        var silo = (string)(await page.RunAsync("document.querySelectorAll('.field option')[2].value"))!;
        await page.FillAsync("Settings of", silo);
        await page.WaitAsync("document.querySelector('[data-process^=\"process of \"]') && location.search.includes('silo=')");
        Assert.Contains(
            SettingsOfSilo.Same,
            (string)(await page.RunAsync("document.querySelector('main').innerText"))!,
            StringComparison.Ordinal
        );
        Assert.Empty(await page.CheckAccessibilityAsync());
    }
}
