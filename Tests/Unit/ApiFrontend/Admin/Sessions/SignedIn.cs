using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;

/// <summary>Browsers of persons who have signed in at an identity provider.</summary>
internal static class SignedIn
{
    /// <summary>A client that holds a person's cookie, and the antiforgery token if wanted.</summary>
    public static HttpClient As(this FrontendHost host, AdminRole role, string name = "ann", bool withToken = true)
    {
        var person = Person(role, name);
        var client = host.NewClient();
        client.DefaultRequestHeaders.Add(
            "Cookie",
            $"{AdminAuthorizer.Cookie}={host.Ticket(person, TimeProvider.System.GetUtcNow().AddHours(1))}"
        );
        if (withToken)
        {
            var token = host.Services.GetRequiredService<SessionKeys>().AntiforgeryToken(person.SessionId!);
            client.DefaultRequestHeaders.Add(AdminAuthorizer.AntiforgeryHeader, token);
        }

        return client;
    }

    /// <summary>A person of a role.</summary>
    public static AdminIdentity Person(AdminRole role, string name) =>
        new(role, name, $"{name} [https://idp|{name}]") { MemberId = $"https://idp|{name}", SessionId = $"session-of-{name}" };

    /// <summary>A cookie's value.</summary>
    public static string Ticket(this FrontendHost host, AdminIdentity person, DateTimeOffset end)
    {
        var cookies = host.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(AdminAuthorizer.Scheme);
        var properties = new AuthenticationProperties { IssuedUtc = end.AddHours(-1), ExpiresUtc = end };
        var ticket = new AuthenticationTicket(person.ToPrincipal(AdminAuthorizer.Scheme), properties, AdminAuthorizer.Scheme);
        return cookies.TicketDataFormat.Protect(ticket);
    }
}
