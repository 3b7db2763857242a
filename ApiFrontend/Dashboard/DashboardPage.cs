using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Extensions.FileProviders;

namespace FlowGpt.ApiFrontend.Dashboard;

/// <summary>The dashboard's only page. Addresses in it are relative to a base, which is the path below which the browser sees the API.</summary>
internal sealed class DashboardPage(IFileInfo file)
{
    private const string Base = "<base href=\"/dashboard/\">";

    /// <summary>WebAssembly may be compiled; styles stand in the page because themes are written at run time. Nothing comes from elsewhere.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    private readonly string _text = Read(file);

    /// <summary>Answers with the page, whichever of the dashboard's addresses was asked for.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var place = HtmlEncoder.Default.Encode($"{context.Request.PathBase}{DashboardFiles.Root}/");
        var body = Encoding.UTF8.GetBytes(_text.Replace(Base, $"<base href=\"{place}\">", StringComparison.Ordinal));
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static string Read(IFileInfo file)
    {
        using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
