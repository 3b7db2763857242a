using System.Net;
using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Clients;

/// <summary>Persons sign in at a real OpenID Connect provider, through two frontends that share nothing but the admin key.</summary>
[Trait("Category", "Process")]
public sealed class OpenIdConnectTests
{
    private const string Persons = """
        {"ann":{"name":"Ann Lee","groups":["ops","staff"]},"vic":{"name":"Vic","groups":["audit"]},"mel":{"name":"Mel","groups":["staff"]},
         "eve":{"name":"Eve","groups":["elsewhere"]}}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Persons_OfEveryGroup_GetTheirRoleAndNoMore()
    {
        await using var provider = await IdentityProvider.StartAsync(Persons);
        await using var first = await StartAsync(provider);
        await using var second = await StartAsync(provider);
        await provider.AllowAsync(CallbackOf(first), CallbackOf(second));

        using var ann = await SignInAsync(first, "ann");
        using var vic = await SignInAsync(first, "vic");
        using var mel = await SignInAsync(second, "mel");
        using var eve = await SignInAsync(second, "eve");

        Assert.Equal(
            [("admin", "Ann Lee"), ("viewer", "Vic"), ("member", "Mel"), ("none", null)],
            [await WhoAsync(ann), await WhoAsync(vic), await WhoAsync(mel), await WhoAsync(eve)]
        );
        var admin = new AdminClient(ann);
        await admin.Session.GetAsync(Cancelled);
        await admin.Accounts.ResetAsync("main", "a1", Cancelled);
        var entries = (await first.Grains.Audit.Values.Single().Read()).Entries;
        Assert.Equal(
            [
                $"GET {OpenIdConnectSignIn.CallbackPath} Ann Lee [{provider.Issuer}|ann]",
                $"GET {OpenIdConnectSignIn.CallbackPath} Vic [{provider.Issuer}|vic]",
                $"POST /admin/pools/main/accounts/a1/reset Ann Lee [{provider.Issuer}|ann]",
            ],
            entries.Select(static entry => $"{entry.Method} {entry.Target} {entry.Who}")
        );
    }

    [Fact]
    public async Task Session_ThatOneFrontendBegan_IsGoodOnTheOther()
    {
        await using var provider = await IdentityProvider.StartAsync(Persons);
        await using var first = await StartAsync(provider);
        await using var second = await StartAsync(provider);
        await provider.AllowAsync(CallbackOf(first), CallbackOf(second));

        // Cookies belong to a host, independent of the port: the browser sends them to each frontend.
        using var mel = await SignInAsync(first, "mel");
        var elsewhere = new Uri(second.Address, "admin/me/keys");
        using var own = await mel.GetAsync(elsewhere, Cancelled);
        using var all = await mel.GetAsync(new Uri(second.Address, "admin/keys"), Cancelled);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (own.StatusCode, all.StatusCode));
    }

    [Fact]
    public async Task AnswerThatWasNotAskedFor_SignsNobodyIn()
    {
        await using var provider = await IdentityProvider.StartAsync(Persons);
        await using var host = await StartAsync(provider);
        await provider.AllowAsync(CallbackOf(host));
        using var browser = Browser(host);

        using var response = await browser.GetAsync("admin/session/callback?code=made-up&state=made-up", Cancelled);

        Assert.Equal($"?{OpenIdConnectSignIn.ProblemParameter}=failed", response.RequestMessage!.RequestUri!.Query);
        Assert.Equal(("none", null), await WhoAsync(browser));
    }

    private static async Task<(string Role, string? Name)> WhoAsync(HttpClient browser)
    {
        var session = await new AdminClient(browser).Session.GetAsync(Cancelled);
        return (session.Role, session.Name);
    }

    /// <summary>What a person does in a browser: follows the button, fills in the provider's forms, and returns to the gateway.</summary>
    private static async Task<HttpClient> SignInAsync(FrontendHost host, string person)
    {
        var browser = Browser(host);
        var login = await Soon.Happens(browser.GetAsync("admin/session/sign-in", Cancelled), "the provider asks who it is");
        var consent = await SubmitAsync(browser, login, ("prompt", "login"), ("login", person), ("password", "any"));
        await SubmitAsync(browser, consent, ("prompt", "consent"));
        return browser;
    }

    private static async Task<HttpResponseMessage> SubmitAsync(
        HttpClient browser,
        HttpResponseMessage page,
        params (string Name, string Value)[] fields
    )
    {
        Assert.True(page.IsSuccessStatusCode, await page.Content.ReadAsStringAsync(Cancelled));
        using var form = new FormUrlEncodedContent(fields.Select(static one => KeyValuePair.Create(one.Name, one.Value)));
        return await Soon.Happens(browser.PostAsync(page.RequestMessage!.RequestUri, form, Cancelled), "the provider takes the form");
    }

    private static string CallbackOf(FrontendHost host) => new Uri(host.Address, OpenIdConnectSignIn.CallbackPath).ToString();

    private static HttpClient Browser(FrontendHost host) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Address };

    private static Task<FrontendHost> StartAsync(IdentityProvider provider) =>
        FrontendHost.StartAsync(services: services =>
            services.Configure<SignInOptions>(options =>
                options.OpenIdConnect = new()
                {
                    Authority = provider.Issuer,
                    ClientId = "gateway",
                    ClientSecret = IdentityProvider.ClientSecret,
                    AdminGroups = "ops",
                    ViewerGroups = "audit",
                    MemberGroups = "staff",
                }
            )
        );
}
