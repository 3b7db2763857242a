using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Lets pages of the configured origins call the API. The key travels in a header, so cookies stay out of it.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Exposed =
    [
        "X-Request-ID",
        "X-Conversation-Id",
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
                api.UseCors(policy =>
                {
                    _ = origins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins(origins);
                    policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1));
                })
        );
    }

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/chat", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/models", StringComparison.OrdinalIgnoreCase);
}
