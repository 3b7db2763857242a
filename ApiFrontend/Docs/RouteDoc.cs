using System.Collections.Immutable;
using Microsoft.OpenApi;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>What the OpenAPI document says of an endpoint. Metadata of the endpoint; see <see cref="RouteDocExtensions.Describe"/>.</summary>
/// <param name="Id">The operation's id; unique.</param>
/// <param name="Tag">The group that the operation is shown in.</param>
/// <param name="Summary">What the operation does, in one line.</param>
/// <param name="Description">What a caller must know besides; Markdown.</param>
internal sealed record RouteDoc(string Id, string Tag, string Summary, string? Description)
{
    private const string Json = "application/json";

    /// <summary>The name of the security scheme; null for routes that need no key.</summary>
    public string? Key { get; private init; }

    /// <summary>The parameters, in the order of the page.</summary>
    public ImmutableArray<RouteParameter> Parameters { get; private init; } = [];

    /// <summary>The request's body; null when there is none.</summary>
    public RouteBody? RequestBody { get; private init; }

    /// <summary>What may come back.</summary>
    public ImmutableArray<RouteAnswer> Responses { get; private init; } = [];

    /// <summary>The component that describes a failure's body.</summary>
    public string ErrorSchema { get; private init; } = "Error";

    /// <summary>A route of clients.</summary>
    public static RouteDoc ForClients(string id, string tag, string summary, string? description = null) =>
        new RouteDoc(id, tag, summary, description) { Key = OpenApiParts.ClientKey }.Fails(401, "Key missing or wrong.");

    /// <summary>A route of operators.</summary>
    public static RouteDoc ForOperators(string id, string summary, string? description = null) =>
        new RouteDoc(id, "Operations", summary, description) { Key = OpenApiParts.AdminKey }
            .Fails(401, "Key missing or wrong.")
            .Fails(403, "A client's key.");

    /// <summary>A route that needs no key.</summary>
    public static RouteDoc Open(string id, string tag, string summary) => new(id, tag, summary, null);

    /// <summary>Failures have another form than OpenAI's.</summary>
    public RouteDoc WithErrors(string schema) => this with { ErrorSchema = schema };

    /// <summary>Adds a part of the path.</summary>
    /// <param name="name">Its name in the route.</param>
    /// <param name="description">What it is.</param>
    /// <param name="schema">Its JSON schema.</param>
    public RouteDoc Path(string name, string description, string schema = """{"type":"string"}""") =>
        this with
        {
            Parameters = Parameters.Add(new(name, ParameterLocation.Path, description, schema, IsRequired: true)),
        };

    /// <summary>Adds a parameter of the query.</summary>
    public RouteDoc Query(string name, string schema, string? description = null, bool isRequired = false) =>
        this with
        {
            Parameters = Parameters.Add(new(name, ParameterLocation.Query, description, schema, isRequired)),
        };

    /// <summary>Adds a header of the request, which may be left out.</summary>
    public RouteDoc Header(string name, string schema, string description) =>
        this with
        {
            Parameters = Parameters.Add(new(name, ParameterLocation.Header, description, schema, IsRequired: false)),
        };

    /// <summary>Sets the request's body.</summary>
    /// <param name="schema">The name of its component.</param>
    /// <param name="example">JSON; null for none.</param>
    /// <param name="isRequired">Whether it may not be left out.</param>
    public RouteDoc Body(string schema, string? example = null, bool isRequired = true) =>
        this with
        {
            RequestBody = new(schema, example, isRequired),
        };

    /// <summary>Adds an answer whose JSON is written from a type.</summary>
    public RouteDoc Answers<T>(int status, string description) =>
        this with
        {
            Responses = Responses.Add(new(status, description) { Type = typeof(T), Contents = [] }),
        };

    /// <summary>Adds an answer whose JSON is written by hand.</summary>
    public RouteDoc Answers(int status, string description, string schema) => Answers(status, description, [(Json, schema)]);

    /// <summary>Adds an answer.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="description">When it comes.</param>
    /// <param name="contents">The media types and the names of their components; null for plain text.</param>
    /// <param name="headers">Further headers.</param>
    public RouteDoc Answers(
        int status,
        string description,
        ImmutableArray<(string MediaType, string? Schema)> contents,
        ImmutableArray<RouteHeader> headers = default
    ) =>
        this with
        {
            Responses = Responses.Add(new(status, description) { Contents = contents, Headers = headers.IsDefault ? [] : headers }),
        };

    /// <summary>Adds an answer without a described body.</summary>
    public RouteDoc Answers(int status, string description) =>
        this with
        {
            Responses = Responses.Add(new(status, description) { Contents = [] }),
        };

    /// <summary>Adds a failure, with the error of the route's dialect as its body.</summary>
    public RouteDoc Fails(int status, string description) =>
        this with
        {
            Responses = Responses.Add(new(status, description) { Contents = [(Json, null)], IsError = true }),
        };
}
