using System.Reflection;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>Describes endpoints for the OpenAPI document.</summary>
internal static class RouteDocExtensions
{
    // The API explorer shows only endpoints that name a method; that of handlers here says nothing of the route.
    private static readonly MethodInfo Handler = ((Func<HttpContext, Task>)HandleAsync).Method;

    /// <summary>Puts the endpoint into the document. A test fails for a route of the API that is not there.</summary>
    public static T Describe<T>(this T endpoint, RouteDoc doc)
        where T : IEndpointConventionBuilder
    {
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(Handler);
            builder.Metadata.Add(doc);
            foreach (var answer in doc.Responses.Where(static answer => answer.Type is not null))
            {
                builder.Metadata.Add(new ProducesResponseTypeMetadata(answer.Status, answer.Type, ["application/json"]));
            }
        });
        return endpoint;
    }

    private static Task HandleAsync(HttpContext context) => Task.FromException(new NotSupportedException(context.Request.Path));
}
