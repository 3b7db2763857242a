using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>Writes an endpoint's <see cref="RouteDoc"/> into its operation.</summary>
internal sealed class RouteDocTransformer : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var doc = context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteDoc>().Single();
        operation.OperationId = doc.Id;
        operation.Tags = new HashSet<OpenApiTagReference> { new(doc.Tag, document) };
        operation.Summary = doc.Summary;
        operation.Description = doc.Description;
        operation.Parameters = [.. doc.Parameters.Select(one => Parameter(one, document))];
        operation.RequestBody = doc.RequestBody is { } body ? Body(body, document) : null;
        operation.Security = doc.Key is { } key
            ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(key, document)] = [] }]
            : [];
        var typed = operation.Responses;
        operation.Responses = [];
        foreach (var answer in doc.Responses.OrderBy(static one => one.Status))
        {
            var status = answer.Status.ToString(CultureInfo.InvariantCulture);
            var content = answer.Type is null
                ? answer.Contents.ToDictionary(static one => one.MediaType, one => Content(one.Schema, answer, doc, document))
                : typed?[status].Content;
            operation.Responses[status] = new OpenApiResponse
            {
                Description = answer.Description,
                Content = content is { Count: > 0 } ? content : null,
                Headers = answer.Headers.IsEmpty
                    ? null
                    : answer.Headers.ToDictionary(static one => one.Name, one => (IOpenApiHeader)Header(one, document)),
            };
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter Parameter(RouteParameter parameter, OpenApiDocument document) =>
        new()
        {
            Name = parameter.Name,
            In = parameter.In,
            Required = parameter.IsRequired,
            Description = parameter.Description,
            Schema = OpenApiParts.ReadSchema(parameter.Schema, document),
        };

    private static OpenApiRequestBody Body(RouteBody body, OpenApiDocument document) =>
        new()
        {
            Required = body.IsRequired,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new()
                {
                    Schema = new OpenApiSchemaReference(body.Schema, document),
                    Example = body.Example is { } example ? JsonNode.Parse(example) : null,
                },
            },
        };

    private static OpenApiMediaType Content(string? schema, RouteAnswer answer, RouteDoc doc, OpenApiDocument document) =>
        new()
        {
            Schema = (answer.IsError ? doc.ErrorSchema : schema) is { } name
                ? new OpenApiSchemaReference(name, document)
                : new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static OpenApiHeader Header(RouteHeader header, OpenApiDocument document) =>
        new() { Description = header.Description, Schema = OpenApiParts.ReadSchema(header.Schema, document) };
}
