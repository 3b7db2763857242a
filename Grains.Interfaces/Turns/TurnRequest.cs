using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>A turn to run: what a client's request makes the cluster do. Neutral: no dialect's names and no provider's.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.TurnRequest")]
public sealed record TurnRequest
{
    /// <summary>The id of the response, minted by the frontend; also the usage event's id.</summary>
    [Id(0)]
    public required string ResponseId { get; init; }

    /// <summary>The id of the client key that the turn belongs to.</summary>
    [Id(1)]
    public required string ClientKeyId { get; init; }

    /// <summary>The route: the model name that the client used; the frontend has checked that the route exists.</summary>
    [Id(2)]
    public required string Route { get; init; }

    /// <summary>
    /// For a turn that is not stored the whole context, the new items last. For a stored turn the new items, or the whole context again:
    /// a prefix equal to what is stored is recognised and not repeated.
    /// </summary>
    [Id(3)]
    public required ImmutableArray<Item> Input { get; init; }

    /// <summary>Instructions of this turn alone, before every item; null when there are none. They are not stored with the conversation.</summary>
    [Id(4)]
    public string? Instructions { get; init; }

    /// <summary>The tools that the model may call.</summary>
    [Id(5)]
    public ImmutableArray<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Which of them it may or must call.</summary>
    [Id(6)]
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>The form of the reply's text; null for plain text.</summary>
    [Id(7)]
    public ResponseFormat? Format { get; init; }

    /// <summary>How the reply is to be made.</summary>
    [Id(8)]
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>Fields of the request that the gateway does not know; null when there are none.</summary>
    [Id(9)]
    public RequestExtensions? Extensions { get; init; }

    /// <summary>How long the turn runs and its response is kept.</summary>
    [Id(10)]
    public TurnLifetime Lifetime { get; init; }

    /// <summary>Hash of the request, so that a repeated idempotency key with another body is noticed.</summary>
    [Id(11)]
    public Digest Fingerprint { get; init; }

    /// <summary>The request's whole time, queueing and retries included.</summary>
    [Id(12)]
    public required TimeSpan Timeout { get; init; }

    /// <summary>The caller's span as W3C <c>traceparent</c>: the turn outlives the call that starts it. Null when nothing is traced.</summary>
    [Id(13)]
    public string? TraceParent { get; init; }

    /// <summary>The limits of the client's key; null when it has none.</summary>
    [Id(14)]
    public ApiKeyTerms? Terms { get; init; }

    /// <summary>Whether a request with the same <see cref="Fingerprint"/> may join this turn (requests with an <c>Idempotency-Key</c>).</summary>
    [Id(15)]
    public bool IsIdempotent { get; init; }

    /// <summary>How the turn continues what its conversation holds; null where <see cref="Input"/> shows that.</summary>
    [Id(16)]
    public TurnContinuation? Continuation { get; init; }

    /// <summary>What is kept so that the response can be shown again; null for a response that is not kept. Only in a conversation.</summary>
    [Id(17)]
    public ResponseKeeping? Keeping { get; init; }

    /// <summary>Whether the oldest turns of a context that is too long are left out, where nothing is stored; <see cref="Continuation"/> says so for stored turns.</summary>
    [Id(18)]
    public bool DropsOldest { get; init; }

    /// <summary>The most time that the whole turn may take; zero for no limit.</summary>
    [Id(19)]
    public TimeSpan MaxTime { get; init; }

    /// <summary>Says which turn and how much, never what.</summary>
    public override string ToString() => $"{ResponseId} ({Input.Length} items)";
}

/// <summary>How long a turn runs and its response is kept. Numbers are stored.</summary>
[GenerateSerializer]
public enum TurnLifetime
{
    /// <summary>Cancelled when its client disconnects; kept until read, at most 15 s; with an idempotency key 10 minutes.</summary>
    Attached = 0,

    /// <summary>Runs to its end without readers; kept for an hour.</summary>
    Background = 1,

    /// <summary>Written into its conversation.</summary>
    Stored = 2,
}
