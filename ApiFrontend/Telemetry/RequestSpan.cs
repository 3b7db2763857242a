using System.Diagnostics;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>
/// The attributes of a request's server span, named by OpenTelemetry's HTTP and GenAI semantic conventions. No prompt, reply,
/// token or key.
/// </summary>
internal static class RequestSpan
{
    private const string RequestId = "flowgpt.request.id";

    /// <summary>Whether a span is that of a request of the API or of an operator.</summary>
    public static bool IsDescribed(Activity span) => span.GetTagItem(RequestId) is not null;

    /// <summary>Describes a request that has ended. Costs nothing when its span is not recorded.</summary>
    public static void Describe(ApiRequest request)
    {
        if (request.Span is not { IsAllDataRequested: true } span || IsOperational(request.Context.Request.Path))
        {
            return;
        }

        DescribeHttp(span, request.Context);
        span.SetTag(RequestId, request.Id);
        span.SetTag("flowgpt.outcome", request.Outcome);
        span.SetTag("flowgpt.key.id", request.KeyId);
        if (request.ErrorCode is { } error)
        {
            span.SetTag("error.type", error);
        }

        if (request.Outcome == "failed")
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        if (request is { Operation: { } operation, IsAdmin: false })
        {
            DescribeWork(span, request, operation);
        }
    }

    private static void DescribeWork(Activity span, ApiRequest request, string operation)
    {
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.provider.name", request.Provider);
        span.SetTag("gen_ai.request.model", request.Model);
        span.SetTag("gen_ai.response.id", request.ResponseId);
        span.SetTag("flowgpt.stream", request.Streamed);
        if (request.Serving is { } serving)
        {
            span.SetTag("flowgpt.account", serving.Account);
            span.SetTag("flowgpt.attempts", serving.Attempts);
            span.SetTag("flowgpt.queued.seconds", serving.QueuedFor.TotalSeconds);
        }

        if (request.TimeToFirstToken is { } first)
        {
            span.SetTag("flowgpt.time_to_first_token.seconds", first.TotalSeconds);
        }

        if (request.Usage.TotalTokens > 0)
        {
            span.SetTag("gen_ai.usage.input_tokens", request.Usage.PromptTokens);
            span.SetTag("gen_ai.usage.output_tokens", request.Usage.CompletionTokens);
        }
    }

    // The route and not the path, which may hold anything that a client made up.
    private static void DescribeHttp(Activity span, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        span.SetTag("http.request.method", context.Request.Method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
    }

    private static bool IsOperational(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");
}
