using System.Diagnostics;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// The spans of a turn: the turn itself, each wait for an account, each upstream attempt; named by OpenTelemetry's GenAI semantic
/// conventions. No prompt, reply, token or key. Every method returns or takes null, and costs nothing, without a listener.
/// </summary>
internal static class TurnTrace
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "FlowGpt.Conversations";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the turn's span. Its parent is named by the turn: the call that started it is over long before the turn is.</summary>
    public static Activity? Begin(ActiveTurn turn)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var (request, route) = (turn.Request, turn.Route);
        _ = ActivityContext.TryParse(request.TraceParent, traceState: null, isRemote: true, out var parent);
        var span = Source.StartActivity($"turn {route.Id}", ActivityKind.Internal, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("gen_ai.operation.name", "chat");
            span.SetTag("gen_ai.request.model", route.Id);
            span.SetTag("gen_ai.response.id", request.ResponseId);
            span.SetTag("gen_ai.request.max_tokens", request.Sampling.MaxOutputTokens);
            span.SetTag("gen_ai.request.temperature", request.Sampling.Temperature);
            span.SetTag("flowgpt.key.id", request.ClientKeyId);
            span.SetTag("flowgpt.stored", request.Lifetime == TurnLifetime.Stored);
        }

        return span;
    }

    /// <summary>Notes how the turn ended.</summary>
    public static void End(Activity? span, ActiveTurn turn, TurnResult result, TokenUsage usage)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag("flowgpt.status", NameOf(result.Status));
        span.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
        span.SetTag("gen_ai.usage.output_tokens", usage.CompletionTokens);
        span.SetTag("gen_ai.usage.cache_read.input_tokens", usage.CachedTokens);
        if (result.FinishReason is { } finish)
        {
            span.SetTag("gen_ai.response.model", turn.Target?.Model);
            span.SetTag("gen_ai.response.finish_reasons", new[] { NameOf(finish) });
        }

        if (turn.Serving is { } serving)
        {
            span.SetTag("flowgpt.account", serving.Account);
            span.SetTag("flowgpt.attempts", serving.Attempts);
        }

        if (result.Error is { } error)
        {
            Fail(span, NameOf(error.Kind));
        }

        span.Stop();
    }

    /// <summary>Begins the span of getting an account, the time in the queue included.</summary>
    public static Activity? Acquire(string pool)
    {
        var span = Source.StartActivity("acquire account");
        span?.SetTag("flowgpt.pool", pool);
        return span;
    }

    /// <summary>Marks the moment in which the request joined the pool's queue.</summary>
    public static void Queued(Activity? span, int position) =>
        span?.AddEvent(new ActivityEvent("queued", tags: new ActivityTagsCollection { ["flowgpt.queue.position"] = position }));

    /// <summary>Notes what the pool answered in the end.</summary>
    public static void Acquired(Activity? span, AcquireResult result)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        if (result is AcquireResult.Granted { Lease: var lease })
        {
            span.SetTag("flowgpt.account", lease.Account);
        }
        else if (result is AcquireResult.Rejected rejected)
        {
            Fail(span, NameOf(rejected.Reason));
        }
    }

    /// <summary>Begins the span of one call of the upstream, from the request to the end of the reply.</summary>
    public static Activity? Attempt(ActiveTurn turn, string kind, string account)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"chat {turn.Target?.Model}", ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("gen_ai.operation.name", "chat");
            span.SetTag("gen_ai.provider.name", kind);
            span.SetTag("gen_ai.request.model", turn.Target?.Model);
            span.SetTag("flowgpt.account", account);
            span.SetTag("flowgpt.attempt", turn.Serving?.Attempts);
        }

        return span;
    }

    /// <summary>Marks the moment in which the reply began.</summary>
    public static void Answered(Activity? span) => span?.AddEvent(new ActivityEvent("answered"));

    /// <summary>Notes what failed upstream.</summary>
    public static void Failed(Activity? span, UpstreamFailure failure)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.response.status_code", failure.StatusCode);
            span.SetTag("flowgpt.failure.class", NameOf(failure.Class));
            Fail(span, NameOf(failure.Reason));
        }
    }

    /// <summary>Notes why the gateway gave up the call.</summary>
    public static void Stopped(Activity? span, StopReason reason)
    {
        if (span is { IsAllDataRequested: true })
        {
            Fail(span, $"stopped_{NameOf(reason)}");
        }
    }

    private static void Fail(Activity span, string error)
    {
        span.SetTag("error.type", error);
        span.SetStatus(ActivityStatusCode.Error);
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
