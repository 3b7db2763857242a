using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Security;
using Microsoft.AspNetCore.Authentication;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Finds out who asks below <c>/admin</c>, by the admin key or by a session's cookie, and whether they may. Thread-safe.</summary>
internal sealed class AdminAuthorizer(AdminAuthenticator keys, SessionKeys sessions)
{
    /// <summary>The scheme of sessions.</summary>
    public const string Scheme = "admin-session";

    /// <summary>The cookie's name.</summary>
    public const string Cookie = "flowgpt-session";

    /// <summary>The header that a write by cookie must carry.</summary>
    public const string AntiforgeryHeader = "X-Antiforgery";

    /// <summary>Null when the request may continue, with its <see cref="AdminIdentity"/> as a feature of the context; else the error to answer with.</summary>
    public async ValueTask<ApiError?> CheckAsync(HttpContext context, AdminAccess access)
    {
        var (identity, refused) = await IdentifyAsync(context);
        if (access.Roles.IsEmpty)
        {
            context.Features.Set(identity);
            return null;
        }

        if (identity is null)
        {
            return refused;
        }

        if (!access.Roles.Contains(identity.Role))
        {
            return SessionErrors.NotAllowed(identity.Role);
        }

        if (access.NeedsPerson && identity.MemberId is null)
        {
            return SessionErrors.NeedsPerson;
        }

        if (identity.SessionId is { } session && Changes(context) && !HasToken(context, session))
        {
            return SessionErrors.Antiforgery;
        }

        context.Features.Set(identity);
        return null;
    }

    private async ValueTask<(AdminIdentity? Identity, ApiError? Refused)> IdentifyAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count > 0)
        {
            return await keys.CheckAsync(context) is { } refused ? (null, refused) : (new(AdminRole.Admin, "admin", keys.Identity), null);
        }

        var session = await context.AuthenticateAsync(Scheme);
        return session is { Succeeded: true, Principal: { } principal }
            ? (AdminIdentity.FromPrincipal(principal, session.Properties?.ExpiresUtc), null)
            : (null, context.Request.Cookies.ContainsKey(Cookie) ? SessionErrors.NotSignedIn : GatewayErrors.MissingKey);
    }

    private bool HasToken(HttpContext context, string session) =>
        context.Request.Headers[AntiforgeryHeader] is [var token] && sessions.IsAntiforgeryToken(session, token);

    private static bool Changes(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
}
