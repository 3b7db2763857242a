using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>What names a response.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Model">The route that it was asked of.</param>
internal readonly record struct ResponseIdentity(string Id, DateTimeOffset CreatedAt, string Model)
{
    public static ResponseIdentity Of(in ResponseHead head) => new(head.ResponseId, head.CreatedAt, head.Model);
}

/// <summary>How far a response is, as the response object shows it.</summary>
/// <param name="Status">The dialect's word.</param>
/// <param name="IncompleteReason">Why the response is incomplete; null when it is not.</param>
/// <param name="Error">Why the response failed; null when it did not.</param>
/// <param name="EndedAt">When the response ended; null while it runs or when that is not known.</param>
/// <param name="Usage">The tokens; null while they are not known.</param>
internal sealed record ResponseState(
    string Status,
    string? IncompleteReason = null,
    ApiError? Error = null,
    DateTimeOffset? EndedAt = null,
    TokenUsage? Usage = null
)
{
    public static ResponseState Queued { get; } = new("queued");

    public static ResponseState InProgress { get; } = new("in_progress");

    public bool IsCompleted => Status == "completed";

    public bool IsCancelled => Status == "cancelled";

    /// <summary>The state of a response that ended as it should.</summary>
    public static ResponseState Of(FinishReason reason, TokenUsage usage, DateTimeOffset? endedAt) =>
        reason switch
        {
            FinishReason.Length => new("incomplete", "max_output_tokens", EndedAt: endedAt, Usage: usage),
            FinishReason.ContentFilter => new("incomplete", "content_filter", EndedAt: endedAt, Usage: usage),
            _ => new("completed", EndedAt: endedAt, Usage: usage),
        };

    /// <summary>The state of a response that ended with an error. A kept response whose silo was lost is incomplete: what was written is shown, with the tokens of that, since clients take the reason of the end together with the usage.</summary>
    public static ResponseState Of(ApiError error, ResponseShape shape, DateTimeOffset? endedAt, TokenUsage? usage) =>
        error.Code == GatewayErrors.Cancelled.Code ? new("cancelled", EndedAt: endedAt)
        : shape.IsKept && error.Code == GatewayErrors.Interrupted.Code
            ? new("incomplete", "interrupted", EndedAt: endedAt, Usage: usage is { TotalTokens: > 0 } ? usage : null)
        : new("failed", Error: error, EndedAt: endedAt);

    /// <summary>The state of a kept response.</summary>
    public static ResponseState Of(KeptResponse kept, ResponseShape shape) =>
        kept.Outcome is not { } outcome ? (kept.Status == ResponseStatus.Queued && shape.IsBackground ? Queued : InProgress)
        : kept.Status == ResponseStatus.Completed ? Of(outcome.FinishReason ?? FinishReason.Stop, outcome.Usage, outcome.EndedAt)
        : Of(TurnErrorMapper.Map(kept.Status, outcome), shape, outcome.EndedAt, outcome.Usage);
}

/// <summary>Writes the response object with all its members.</summary>
internal static class ResponseObject
{
    public static void Write(
        IBufferWriter<byte> output,
        in ResponseIdentity head,
        ResponseShape shape,
        ResponseState state,
        OutputItems? items
    )
    {
        output.Write("{\"id\":\""u8);
        JsonOutput.Raw(output, head.Id);
        output.Write("\",\"object\":\"response\",\"created_at\":"u8);
        JsonOutput.Number(output, head.CreatedAt.ToUnixTimeSeconds());
        output.Write(",\"status\":\""u8);
        JsonOutput.Raw(output, state.Status);
        output.Write("\",\"completed_at\":"u8);
        if (state is { IsCompleted: true, EndedAt: { } ended })
        {
            JsonOutput.Number(output, ended.ToUnixTimeSeconds());
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(",\"error\":"u8);
        WriteError(output, state.Error);
        output.Write(",\"incomplete_details\":"u8);
        if (state.IncompleteReason is { } reason)
        {
            output.Write("{\"reason\":\""u8);
            JsonOutput.Raw(output, reason);
            output.Write("\"}"u8);
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(",\"model\":"u8);
        JsonOutput.Text(output, head.Model);
        output.Write(",\"output\":"u8);
        if (items is null)
        {
            output.Write("[]"u8);
        }
        else
        {
            items.Write(output, state.IsCompleted);
        }

        output.Write(","u8);
        JsonOutput.Raw(output, shape.Echo);
        output.Write(",\"usage\":"u8);
        WriteUsage(output, state.Usage);
        output.Write("}"u8);
    }

    private static void WriteError(IBufferWriter<byte> output, ApiError? error)
    {
        if (error is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("{\"code\":\""u8);
        output.Write(
            error.Status == StatusCodes.Status429TooManyRequests ? "rate_limit_exceeded"u8
            : error.Status < StatusCodes.Status500InternalServerError ? "invalid_prompt"u8
            : "server_error"u8
        );
        output.Write("\",\"message\":"u8);
        JsonOutput.Text(output, error.Message);
        output.Write("}"u8);
    }

    private static void WriteUsage(IBufferWriter<byte> output, TokenUsage? tokens)
    {
        if (tokens is not { } usage)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("{\"input_tokens\":"u8);
        JsonOutput.Number(output, usage.PromptTokens);
        output.Write(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        JsonOutput.Number(output, usage.CachedTokens);
        output.Write("},\"output_tokens\":"u8);
        JsonOutput.Number(output, usage.CompletionTokens);
        output.Write(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        JsonOutput.Number(output, usage.ReasoningTokens);
        output.Write("},\"total_tokens\":"u8);
        JsonOutput.Number(output, usage.TotalTokens);
        output.Write("}"u8);
    }
}
