using System.Security.Cryptography;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary><c>/admin/session</c>: who is signed in, signing in with the admin key, and signing out.</summary>
internal sealed class SessionEndpoints(
    AdminGate gate,
    AdminAuthenticator keys,
    SessionKeys sessions,
    AuditTrail trail,
    IOptions<SignInOptions> options
)
{
    /// <summary>The routes' path.</summary>
    public const string Root = "/admin/session";

    private const int SessionBytes = 16;

    public Task GetAsync(HttpContext context) => gate.HandleAsync(context, request => AnswerAsync(request, AdminIdentity.Find(context)));

    public Task SignInAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (await AdminBody.ReadAsync(request, ReadKey) is not { } key)
                {
                    return;
                }

                if (await keys.CheckAsync(context, key) is { } refused)
                {
                    await request.RefuseAsync(refused);
                    return;
                }

                request.KeyId = "admin";
                await trail.RunAsync(
                    request,
                    keys.Identity,
                    async () =>
                    {
                        var admin = new AdminIdentity(AdminRole.Admin, "admin", keys.Identity) { SessionId = NewId() };
                        await context.SignInAsync(AdminAuthorizer.Scheme, admin.ToPrincipal(AdminAuthorizer.Scheme));
                        await AnswerAsync(request, admin);
                    }
                );
            }
        );

    public Task SignOutAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                await context.SignOutAsync(AdminAuthorizer.Scheme);
                await AnswerAsync(request, null);
            }
        );

    /// <summary>A session's id.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionBytes));

    private Task AnswerAsync(ApiRequest request, AdminIdentity? identity) =>
        AdminAnswer.WriteAsync(
            request,
            new Session(
                (identity?.Role ?? AdminRole.None).ToString().ToLowerInvariant(),
                identity?.Name,
                identity?.MemberId is not null,
                identity?.ExpiresAt,
                identity?.SessionId is { } session ? sessions.AntiforgeryToken(session) : null,
                options.Value.OpenIdConnect.IsOn ? new("admin/session/sign-in", options.Value.OpenIdConnect.Label) : null
            ),
            AdminJson.Default.Session
        );

    private static string ReadKey(AdminFields fields)
    {
        if (!fields.Has("key"))
        {
            fields.Missing("key");
        }

        return fields.Text("key")?.Trim() ?? "";
    }
}
