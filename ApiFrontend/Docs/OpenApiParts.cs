using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>What the document has beside its operations: introduction, keys, and the schemas of bodies that are read or written by hand.</summary>
internal sealed class OpenApiParts : IOpenApiDocumentTransformer
{
    /// <summary>The security scheme of clients.</summary>
    public const string ClientKey = "clientKey";

    /// <summary>The security scheme of operators.</summary>
    public const string AdminKey = "adminKey";

    private const string SchemaFiles = ".schemas.json";

    private const string Introduction = """
        An OpenAI-compatible endpoint in front of many upstream accounts. Point any OpenAI SDK at `/v1`, or the Anthropic SDK at the address without it. `GET /v1/models` says what answers.

        Every response has `x-request-id`, `openai-processing-ms` and `openai-version`. Errors are OpenAI's error object with a status of their own; below `/v1/messages` they are Anthropic's. `retry-after`, `retry-after-ms` and `x-should-retry` say when to come back.

        The API paths also work without `/v1`.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "FlowGptCluster API",
            Version = "1",
            Description = Introduction,
        };
        document.Servers = [new() { Url = "/" }];
        document.Tags = TagsOf(document).Select(static name => new OpenApiTag { Name = name }).ToHashSet();
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [ClientKey] = Bearer("A client's key: one made by `POST /admin/keys`, or `API_MASTER_KEY`."),
            [AdminKey] = Bearer("The operators' key (`ADMIN_API_KEY`)."),
        };
        foreach (var (name, schema) in HandWritten())
        {
            document.AddComponent(name, ReadSchema(schema, document));
        }

        return Task.CompletedTask;
    }

    /// <summary>Reads a JSON schema; its references are to the document's components.</summary>
    public static IOpenApiSchema ReadSchema(string json, OpenApiDocument document) =>
        OpenApiModelFactory.Parse<OpenApiSchema>(json, OpenApiSpecVersion.OpenApi3_1, document, out _)
        ?? throw new InvalidOperationException("This is no JSON schema: " + json);

    private static IEnumerable<string> TagsOf(OpenApiDocument document) =>
        document
            .Paths.SelectMany(static path => path.Value.Operations?.Values.AsEnumerable() ?? [])
            .SelectMany(static operation => operation.Tags?.AsEnumerable() ?? [])
            .Select(static tag => tag.Reference.Id!)
            .Distinct();

    private static OpenApiSecurityScheme Bearer(string description) =>
        new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = description,
        };

    /// <summary>The schemas in the files beside the code that reads and writes the bodies.</summary>
    private static IEnumerable<(string Name, string Schema)> HandWritten()
    {
        var assembly = typeof(OpenApiParts).Assembly;
        foreach (var file in assembly.GetManifestResourceNames().Where(static name => name.EndsWith(SchemaFiles, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(file)!;
            using var schemas = JsonDocument.Parse(stream);
            foreach (var schema in schemas.RootElement.EnumerateObject())
            {
                yield return (schema.Name, schema.Value.GetRawText());
            }
        }
    }
}
