namespace FlowGpt.ApiFrontend.Docs;

/// <summary>What a browser may do on <c>/docs</c>: the page's own script and styles, and requests to this server alone.</summary>
internal static class DocsPageHeaders
{
    private const string Policy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds the headers to each answer of the routes.</summary>
    public static void Add(IEndpointConventionBuilder routes) =>
        routes.Add(static route =>
        {
            if (route.RequestDelegate is { } serve)
            {
                route.RequestDelegate = context =>
                {
                    context.Response.Headers.ContentSecurityPolicy = Policy;
                    return serve(context);
                };
            }
        });
}
