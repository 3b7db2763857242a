using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Lets pages of the configured origins call the API. The key travels in a header, so cookies stay out of it.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Exposed =
    [
        "X-Request-ID",
        "X-Conversation-Id",
        "X-Tools-Left-Out",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "x-should-retry",
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
    ];

    /// <summary>Adds CORS for API paths only: admin pages and metrics are not for other origins.</summary>
    public static void UseApiCors(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<FrontendOptions>>().Value.Origins();
        if (origins.Length == 0)
        {
            return;
        }

        app.UseWhen(
            static context => IsApi(context.Request.Path),
            api =>
            {
                api.Use((context, next) => AllowPrivateNetworkAsync(context, next, origins));
                api.UseCors(policy =>
                {
                    _ = origins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins(origins);
                    policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1));
                });
            }
        );
    }

    /// <summary>
    /// A page of the internet that calls an address of a private network is let through by the browser only with this answer. Origins that the operator
    /// named get one; <c>*</c> names none.
    /// </summary>
    private static Task AllowPrivateNetworkAsync(HttpContext context, RequestDelegate next, string[] origins)
    {
        if (
            HttpMethods.IsOptions(context.Request.Method)
            && context.Request.Headers.ContainsKey("Access-Control-Request-Private-Network")
            && origins.Contains(context.Request.Headers.Origin.ToString(), StringComparer.OrdinalIgnoreCase)
        )
        {
            context.Response.Headers["Access-Control-Allow-Private-Network"] = "true";
        }

        return next(context);
    }

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/chat", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/models", StringComparison.OrdinalIgnoreCase);
}
