using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace FlowGpt.ApiFrontend.Dashboard;

/// <summary>
/// Serves the dashboard's files at <c>/dashboard</c> and leads a browser there from <c>/</c>. The files are public: what they show comes from
/// <c>/admin</c>, which asks for the key.
/// </summary>
internal static class DashboardFiles
{
    /// <summary>Where the dashboard is.</summary>
    public const string Root = "/dashboard";

    private const string Page = "dashboard/index.html";

    /// <summary>The extensions of compressed copies that publishing makes, with their content codings; the smaller form first.</summary>
    private static readonly (string Extension, string Coding)[] Copies = [(".br", "br"), (".gz", "gzip")];

    private static readonly FileExtensionContentTypeProvider Types = new() { Mappings = { [".dat"] = "application/octet-stream" } };

    /// <summary>Adds the middleware; call it before routing. Does nothing in a process that has no dashboard beside it.</summary>
    public static void UseDashboard(this WebApplication app)
    {
        // From the build's folders when the process was not published; the framework does this by itself in Development only.
        StaticWebAssetsLoader.UseStaticWebAssets(app.Environment, app.Configuration);
        var files = app.Environment.WebRootFileProvider;
        if (!files.GetFileInfo(Page).Exists)
        {
            return;
        }

        var page = new DashboardPage(files.GetFileInfo(Page));
        app.UseWhen(
            static context => context.Request.Path == "/" && HttpMethods.IsGet(context.Request.Method) && AsksForPage(context.Request),
            static browser => browser.Run(LeadToDashboardAsync)
        );
        app.UseWhen(
            static context => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase) && IsRead(context.Request),
            branch =>
            {
                branch.Use((context, next) => ServeAsync(context, next, files, page));
                branch.UseStaticFiles(
                    new StaticFileOptions
                    {
                        FileProvider = files,
                        ServeUnknownFileTypes = true,
                        OnPrepareResponse = static prepared => SetHeaders(prepared.Context.Response),
                    }
                );
            }
        );
    }

    private static Task ServeAsync(HttpContext context, RequestDelegate next, IFileProvider files, DashboardPage page)
    {
        var path = context.Request.Path.Value!;
        if (path.Length == Root.Length)
        {
            return LeadToDashboardAsync(context);
        }

        var name = path[(Root.Length + 1)..];
        if (!name.Contains('.', StringComparison.Ordinal) || name == "index.html")
        {
            return page.WriteAsync(context);
        }

        var file = $"{Root}/{name}";
        var type = Types.TryGetContentType(file, out var known) ? known : "application/octet-stream";
        var copy = Copies.FirstOrDefault(one => Accepts(context.Request, one.Coding) && files.GetFileInfo(file + one.Extension).Exists);
        context.Items[typeof(DashboardFiles)] = new Served(type, copy.Coding, IsHashed(name));
        context.Request.Path = file + copy.Extension;
        return next(context);
    }

    private static void SetHeaders(HttpResponse response)
    {
        var served = (Served)response.HttpContext.Items[typeof(DashboardFiles)]!;
        response.ContentType = served.Type;
        response.Headers.CacheControl = served.IsHashed ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.Headers.XContentTypeOptions = "nosniff";
        if (served.Coding is not null)
        {
            response.Headers.ContentEncoding = served.Coding;
        }
    }

    /// <summary>Whether a name holds a hash of the file's content, as the build gives it: <c>name.0a1b2c3d4e.wasm</c>.</summary>
    internal static bool IsHashed(string name)
    {
        var parts = name[(name.LastIndexOf('/') + 1)..].Split('.');
        return name.StartsWith("_framework/", StringComparison.Ordinal)
            && parts.Length >= 3
            && parts[^2].Length == 10
            && parts[^2].All(char.IsAsciiLetterOrDigit)
            && parts[^2].Any(char.IsAsciiDigit);
    }

    private static bool Accepts(HttpRequest request, string coding) =>
        request
            .GetTypedHeaders()
            .AcceptEncoding.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);

    private static bool AsksForPage(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static Task LeadToDashboardAsync(HttpContext context)
    {
        context.Response.Redirect($"{context.Request.PathBase}{Root}/");
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private sealed record Served(string Type, string? Coding, bool IsHashed);
}
