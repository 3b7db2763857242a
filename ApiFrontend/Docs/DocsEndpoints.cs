using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary><c>/docs</c> and the OpenAPI document behind it, which is generated from the endpoints when it is first asked for.</summary>
internal sealed class DocsEndpoints(IServiceProvider services) : IDisposable
{
    private const string DocumentPath = "/docs/openapi.json";
    private const string DocumentName = "v1";

    private readonly SemaphoreSlim _generating = new(1);
    private byte[]? _document;

    /// <summary>Registers the generator.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="json">Adds to JSON options what the types of answers are written with.</param>
    public static void AddDocs(IServiceCollection services, Action<JsonOptions> json)
    {
        services.AddSingleton<DocsEndpoints>();
        services.Configure(json);
        services.Configure<JsonOptions>(static options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });
        services.AddOpenApi(
            DocumentName,
            static options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = static route => route.ActionDescriptor.EndpointMetadata.OfType<RouteDoc>().Any();
                options.AddOperationTransformer<RouteDocTransformer>();
                options.AddDocumentTransformer<OpenApiParts>();
                options.AddSchemaTransformer<XmlDescriptions>();
            }
        );
    }

    public void Dispose() => _generating.Dispose();

    /// <summary>Maps the document and the page.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(DocumentPath, ServeAsync);
        var page = routes.MapScalarApiReference(
            "/docs",
            static options =>
                options
                    .WithTitle("FlowGptCluster API")
                    .WithOpenApiRoutePattern(DocumentPath)
                    // The page works without the internet and sends nothing to other servers.
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
        );
        DocsPageHeaders.Add(page);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var document = _document ?? await GenerateAsync(context.RequestAborted);
        var body = context.Request.PathBase.HasValue ? Below(document, context.Request.PathBase) : document;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private async Task<byte[]> GenerateAsync(CancellationToken cancellationToken)
    {
        await _generating.WaitAsync(cancellationToken);
        try
        {
            if (_document is null)
            {
                var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName);
                var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
                var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
                _document = Encoding.UTF8.GetBytes(json);
            }

            return _document;
        }
        finally
        {
            _generating.Release();
        }
    }

    /// <summary>The document as seen through a proxy that has the API below a path.</summary>
    private static byte[] Below(byte[] document, PathString path) =>
        Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(document).Replace("\"url\": \"/\"", $"\"url\": \"{path}/\"", StringComparison.Ordinal)
        );
}
