using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Dashboard;

/// <summary>
/// Lets operators' browsers see the Orleans dashboard. They sign in with the admin key once and then hold a cookie that is good for reading
/// below <c>/admin/orleans</c> and for nothing else: no other admin route looks at it, so no other site's page can change anything with it.
/// </summary>
internal sealed class DashboardGate(AdminAuthenticator authenticator, IOptions<FrontendOptions> options, TimeProvider time)
{
    /// <summary>Where the dashboard is.</summary>
    public const string Root = "/admin/orleans";

    /// <summary>Where the form goes.</summary>
    public const string SignInPath = Root + "/sign-in";

    private const string Cookie = "flowgpt-orleans";
    private const int LongestForm = 4096;

    private readonly DashboardSession _sessions = new(options.Value.AdminKey);

    /// <summary>Whether a request is this gate's.</summary>
    public static bool IsFor(HttpContext context) => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the request may continue; if not, it has been answered.</summary>
    public async Task<bool> AdmitAsync(ApiRequest request)
    {
        var context = request.Context;
        if (context.Request.Path.Equals(SignInPath, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!isRead || ShowsStates(context))
        {
            await request.RefuseAsync(GatewayErrors.UnknownRoute(context.Request.Method, context.Request.Path.Value ?? "/"));
            return false;
        }

        if (_sessions.IsValid(context.Request.Cookies[Cookie], time.GetUtcNow()))
        {
            return true;
        }

        if (
            context.Request.Headers.Authorization.Count == 0
            && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        )
        {
            await SignInPage.WriteAsync(context, wasWrong: false);
            return false;
        }

        if (await authenticator.CheckAsync(context) is not { } refused)
        {
            return true;
        }

        await request.RefuseAsync(refused);
        return false;
    }

    /// <summary>Takes the form: sets the cookie and goes to the dashboard, or shows the form again.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        if (!context.Request.HasFormContentType || context.Request.ContentLength is not (> 0 and <= LongestForm))
        {
            await request.RefuseAsync(GatewayErrors.UnsupportedContentType(context.Request.ContentType ?? ""));
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);

        // As if it were a header, so that guessing is slowed here as everywhere.
        context.Request.Headers.Authorization = $"Bearer {form["key"].ToString().Trim()}";
        if (await authenticator.CheckAsync(context) is not null)
        {
            await SignInPage.WriteAsync(context, wasWrong: true);
            return;
        }

        var now = time.GetUtcNow();
        context.Response.Cookies.Append(
            Cookie,
            _sessions.Begin(now),
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = context.Request.PathBase + Root,
                Expires = now + DashboardSession.Lifetime,
                IsEssential = true,
            }
        );
        context.Response.Headers.Location = context.Request.PathBase + Root + "/";
        context.Response.ContentLength = 0;
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
    }

    /// <summary>The dashboard can show any grain's state: conversations among them, which operators are not to see there. And it can stream the log.</summary>
    private static bool ShowsStates(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Root + "/GrainState", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments(Root + "/Trace", StringComparison.OrdinalIgnoreCase);
}
