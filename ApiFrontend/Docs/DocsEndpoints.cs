using System.Text;
using Scalar.AspNetCore;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>
/// <c>/docs</c> and the OpenAPI document behind it. The document is written by hand, since the body of a chat request is
/// read by hand; a test holds it to the routes.
/// </summary>
internal static class DocsEndpoints
{
    private const string DocumentPath = "/docs/openapi.json";
    private const string Resource = "FlowGpt.ApiFrontend.Docs.openapi.json";

    public static void MapDocs(this IEndpointRouteBuilder routes)
    {
        var document = Read();
        routes.MapGet(
            DocumentPath,
            context =>
            {
                var body = context.Request.PathBase.HasValue ? Below(document, context.Request.PathBase) : document;
                context.Response.ContentType = "application/json; charset=utf-8";
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body).AsTask();
            }
        );
        routes.MapScalarApiReference(
            "/docs",
            static options =>
                options
                    .WithTitle("FlowGptCluster API")
                    .WithOpenApiRoutePattern(DocumentPath)
                    // The page works without the internet and tells nobody that it is used.
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
        );
    }

    /// <summary>The document as seen through a proxy that has the API below a path.</summary>
    private static byte[] Below(byte[] document, PathString path) =>
        Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(document).Replace("\"url\": \"/\"", $"\"url\": \"{path}/\"", StringComparison.Ordinal)
        );

    /// <summary>The document's bytes.</summary>
    internal static byte[] Read()
    {
        using var stream = typeof(DocsEndpoints).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
