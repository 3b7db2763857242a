using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>A turn to run.</summary>
/// <param name="ResponseId">The id of the response, minted by the frontend; also the usage event's id.</param>
/// <param name="ClientKeyId">Whose turn it is.</param>
/// <param name="Model">The model alias; the frontend has checked that it exists.</param>
/// <param name="Messages">
/// For an unstored turn the whole context, the new user turn last. For a stored one the new messages, or the whole context again:
/// a prefix equal to what is stored is recognised and not repeated.
/// </param>
/// <param name="Options">What the caller asked of the generation.</param>
/// <param name="Stored">Whether the conversation is durable.</param>
/// <param name="Fingerprint">Hash of the request, so that a repeated key with another body is noticed.</param>
/// <param name="Timeout">The request's whole time, queueing and retries included.</param>
/// <param name="Retained">
/// Whether the response is kept readable for a while after its end (requests with an <c>Idempotency-Key</c>), rather than dropped once read.
/// </param>
/// <param name="TraceParent">The caller's span as W3C <c>traceparent</c>: the turn outlives the call that starts it. Null when nothing is traced.</param>
/// <param name="Terms">The limits of the client's key; null when it has none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.StartTurn")]
public sealed record StartTurn(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Model,
    [property: Id(3)] ImmutableArray<ChatMessage> Messages,
    [property: Id(4)] GenerationOptions Options,
    [property: Id(5)] bool Stored,
    [property: Id(6)] UInt128 Fingerprint,
    [property: Id(7)] TimeSpan Timeout,
    [property: Id(8)] bool Retained,
    [property: Id(9)] string? TraceParent = null,
    [property: Id(10)] ApiKeyTerms? Terms = null
);
