using System.Text;
using System.Text.Encodings.Web;

namespace FlowGpt.ApiFrontend.Admin.Dashboard;

/// <summary>The form that asks a person for the admin key. Holds no script and nothing of the request.</summary>
internal static class SignInPage
{
    public static async Task WriteAsync(HttpContext context, bool wasWrong)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        var problem = wasWrong ? "<p role=\"alert\">This is not the admin key.</p>" : "";
        var action = HtmlEncoder.Default.Encode(context.Request.PathBase + DashboardGate.SignInPath);
        var page = Page.Replace("{{problem}}", problem, StringComparison.Ordinal).Replace("{{action}}", action, StringComparison.Ordinal);
        await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(page));
    }

    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sign in - Orleans dashboard</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto; padding: 0 1rem; color: #222; background: #fff; }
        input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; margin-top: .5rem; }
        p[role=alert] { color: #a00; }
        </style>
        </head>
        <body>
        <h1>Orleans dashboard</h1>
        {{problem}}
        <form method="post" action="{{action}}" autocomplete="off">
        <label for="key">Admin key (<code>ADMIN_API_KEY</code>)</label>
        <input id="key" name="key" type="password" required autofocus>
        <button type="submit">Sign in</button>
        </form>
        </body>
        </html>
        """;
}
