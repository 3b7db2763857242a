using System.Security.Claims;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Signs persons in at the operator's identity provider: authorization code with PKCE. Only a name, a role and the subject are kept, in the session's cookie.</summary>
internal sealed class OpenIdConnectSignIn(AuditTrail trail, SessionKeys sessions, IOptions<SignInOptions> signIn, TimeProvider time)
    : IConfigureNamedOptions<OpenIdConnectOptions>
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "admin-openid-connect";

    /// <summary>Where the provider sends browsers back to.</summary>
    public const string CallbackPath = SessionEndpoints.Root + "/callback";

    /// <summary>The query parameter of the dashboard that says why a sign-in failed.</summary>
    public const string ProblemParameter = "signInProblem";

    private const string Dashboard = "/dashboard/";

    public void Configure(OpenIdConnectOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (name != Scheme)
        {
            return;
        }

        var provider = signIn.Value.OpenIdConnect;
        options.Authority = provider.Authority;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret.Length > 0 ? provider.ClientSecret : null;
        options.RequireHttpsMetadata = provider.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        options.SignInScheme = AdminAuthorizer.Scheme;
        options.CallbackPath = CallbackPath;
        options.DataProtectionProvider = sessions;
        options.TimeProvider = time;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey(provider.GroupsClaim, provider.GroupsClaim);
        options.ClaimActions.MapUniqueJsonKey(provider.NameClaim, provider.NameClaim);

        // The answer is a GET, so that the two cookies of the way there and back may be Lax: None would need TLS.
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Scope.Clear();
        foreach (var scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            options.Scope.Add(scope);
        }

        options.Events.OnTicketReceived = AdmitAsync;
        options.Events.OnRemoteFailure = static failure =>
        {
            failure.HandleResponse();
            SendBack(failure.HttpContext, "failed");
            return Task.CompletedTask;
        };
    }

    /// <summary>Sends the browser to the provider.</summary>
    public async Task ChallengeAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        if (!signIn.Value.OpenIdConnect.IsOn)
        {
            await request.RefuseAsync(GatewayErrors.NotFound("No identity provider is configured. Sign in with the admin key."));
            return;
        }

        var path = context.Request.Query["return"].ToString();
        var back = IsOfThisSite(path) ? path : context.Request.PathBase + Dashboard;
        await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = back });
    }

    private async Task AdmitAsync(TicketReceivedContext ticket)
    {
        var context = ticket.HttpContext;
        var provider = signIn.Value.OpenIdConnect;
        var role = SignInRoles.Of(provider, [.. ticket.Principal!.FindAll(provider.GroupsClaim).Select(static claim => claim.Value)]);
        var subject = ticket.Principal.FindFirst("sub");
        if (role == AdminRole.None || subject is null)
        {
            ticket.HandleResponse();
            SendBack(context, "role");
            return;
        }

        var name = SignInRoles.Plain(ticket.Principal.FindFirstValue(provider.NameClaim) ?? subject.Value);
        var id = $"{subject.Issuer}|{subject.Value}";
        var person = new AdminIdentity(role, name, $"{name} [{SignInRoles.Plain(id)}]")
        {
            MemberId = id,
            SessionId = SessionEndpoints.NewId(),
        };
        ticket.Principal = person.ToPrincipal(AdminAuthorizer.Scheme);
        ticket.Properties!.IsPersistent = true;
        ticket.Properties.ExpiresUtc = time.GetUtcNow() + signIn.Value.SessionLifetime;
        var request = ApiRequest.Of(context);
        request.Operation = "admin";
        if (!await trail.RunAsync(request, person.Who, static () => Task.CompletedTask, CallbackPath))
        {
            ticket.HandleResponse();
        }
    }

    private static void SendBack(HttpContext context, string problem) =>
        context.Response.Redirect($"{context.Request.PathBase}{Dashboard}?{ProblemParameter}={problem}");

    /// <summary>A path, and nothing that a browser takes for another site.</summary>
    private static bool IsOfThisSite(string path) => path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl);
}
