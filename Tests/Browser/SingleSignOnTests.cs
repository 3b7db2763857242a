using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Clients;
using FlowGpt.Tests.Process;
using FlowGpt.Tests.Process.Nginx;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Browser;

/// <summary>Persons sign in at a real identity provider, in a browser, below a path of an nginx in front of two frontends.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class SingleSignOnTests(ServedDashboard served)
{
    private const string Path = "/team/gateway";

    private const string Persons =
        """{"ann":{"name":"Ann Lee","groups":["ops"]},"mel":{"name":"Mel","groups":["staff"]},"eve":{"name":"Eve","groups":["elsewhere"]}}""";

    [Fact]
    public async Task Persons_BelowAPathOfTwoFrontends_GetTheirPagesOrAreToldWhyNot()
    {
        await using var provider = await IdentityProvider.StartAsync(Persons);
        await using var first = await StartAsync(provider);
        await using var second = await StartAsync(provider);
        var site = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        string[] servers = [first.Address.Authority, second.Address.Authority];
        await using var nginx = await NginxProcess.StartAsync(servers, Below(site));
        await provider.AllowAsync(new Uri(site, $"{Path}{OpenIdConnectSignIn.CallbackPath}").ToString());

        await using (var page = await SignInAsync(site, "settings", "ann"))
        {
            await page.WaitAsync("document.querySelector('main table') && document.querySelector('.who').innerText === 'Ann Lee'");
            await page.WaitAsync($"location.pathname === '{Path}/dashboard/settings'");
            Assert.Contains("Accounts", (string?)await page.RunAsync("document.querySelector('nav').innerText"));
            await page.ClickAsync("Sign out");
            await page.WaitAsync("document.querySelector('input[name=key]')");
        }

        await using (var page = await SignInAsync(site, "", "mel"))
        {
            await page.WaitAsync("document.querySelector('h1').innerText === 'My keys' && document.querySelector('.tiles, .problem')");
        }

        await using (var page = await SignInAsync(site, "", "eve"))
        {
            await page.SeeAsync("No group of yours has a role here.");
        }

        Assert.All(servers, server => Assert.Contains(nginx.Requests, line => line.Contains(server, StringComparison.Ordinal)));
    }

    private async Task<BrowserPage> SignInAsync(Uri site, string path, string person)
    {
        var page = await BrowserPage.OpenAsync(served.Browser, Viewer.Desktop);
        await page.LoadAsync(new Uri(site, $"{Path}/dashboard/{path}"));
        await page.ClickAsync("Single sign-on");
        await page.WaitAsync("document.querySelector('input[name=login]')");
        await page.RunAsync(
            $$"""["login", "password"].forEach(name => document.querySelector(`input[name=${name}]`).value = "{{person}}"); document.querySelector("form").submit()"""
        );
        await page.WaitAsync("document.querySelector('input[name=prompt][value=consent]')");
        await page.RunAsync("document.querySelector('form').submit()");
        await page.WaitAsync($"location.origin === '{site.GetLeftPart(UriPartial.Authority)}'");
        return page;
    }

    /// <summary>What an operator adds to the shipped configuration to serve the gateway below a path: the same headers, and the path.</summary>
    private static string Below(Uri site) =>
        $$"""
            listen {{site.Authority}};
            location {{Path}}/ {
                proxy_set_header Host $http_host;
                proxy_set_header X-Request-Id $gateway_request_id;
                proxy_set_header X-Forwarded-For $remote_addr;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_set_header X-Forwarded-Host $http_host;
                proxy_set_header X-Forwarded-Prefix {{Path}};
                proxy_pass http://api/;
            }
            """;

    private static Task<FrontendHost> StartAsync(IdentityProvider provider) =>
        FrontendHost.StartAsync(
            services: services =>
                services.Configure<SignInOptions>(options =>
                    options.OpenIdConnect = new()
                    {
                        Authority = provider.Issuer,
                        ClientId = "gateway",
                        ClientSecret = IdentityProvider.ClientSecret,
                        AdminGroups = "ops",
                        MemberGroups = "staff",
                    }
                ),
            staticFiles: System.IO.Path.Combine(AppContext.BaseDirectory, "FlowGpt.Silo.staticwebassets.runtime.json")
        );
}
