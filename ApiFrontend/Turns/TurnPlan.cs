using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>A turn as the client asked for it, before it has an address and an id.</summary>
internal sealed record TurnPlan
{
    /// <summary>The id of the client key that the turn belongs to.</summary>
    public required string ClientKeyId { get; init; }

    /// <summary>The limits of the client's key; null when it has none.</summary>
    public ApiKeyTerms? Terms { get; init; }

    /// <summary>The name of the route, which exists.</summary>
    public required string Route { get; init; }

    /// <summary>What is asked of the model.</summary>
    public required TurnContent Content { get; init; }

    /// <summary>The stored conversation it belongs to; null for a turn on its own.</summary>
    public string? ConversationId { get; init; }

    /// <summary>How a turn of a conversation goes on from it; null where the input says it.</summary>
    public TurnContinuation? Continuation { get; init; }

    /// <summary>What is kept of the response; null for a response that is not kept.</summary>
    public ResponseKeeping? Keeping { get; init; }

    /// <summary>The client's <c>Idempotency-Key</c>; null when none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of what was sent.</summary>
    public required Digest Fingerprint { get; init; }

    /// <summary>How long the request may be silent.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The request's whole time; zero for no such limit.</summary>
    public TimeSpan MaxTime { get; init; }

    /// <summary>The request's span as W3C <c>traceparent</c>; null when nothing is traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What response ids start with, e.g. <c>chatcmpl-</c>.</summary>
    public required string ResponseIdPrefix { get; init; }

    /// <summary>Whether no other request can ask for the same turn, so that it may run anywhere.</summary>
    public bool IsFoundByThisRequestOnly => ConversationId is null && IdempotencyKey is null;

    /// <summary>How long the turn runs and its response is kept.</summary>
    public TurnLifetime Lifetime => ConversationId is null ? TurnLifetime.Attached : TurnLifetime.Stored;

    /// <summary>
    /// Whether the response belongs to this request alone, so that it may be cancelled when the client disconnects. A request
    /// with an idempotency key may be repeated, and other requests may be reading the same response. A background response runs to its end without readers.
    /// </summary>
    public bool CancelOnDisconnect => IdempotencyKey is null && Keeping is not { IsBackground: true };

    /// <summary>The turn under its own id.</summary>
    /// <param name="responseId">The id, which holds the address of the turn's place.</param>
    /// <param name="timeLeft">What is left of the request's time.</param>
    public TurnRequest ToRequest(string responseId, TimeSpan timeLeft) =>
        new()
        {
            ResponseId = responseId,
            ClientKeyId = ClientKeyId,
            Route = Route,
            Input = Content.Input,
            Instructions = Content.Instructions,
            Tools = Content.Tools,
            ToolChoice = Content.ToolChoice,
            Format = Content.Format,
            Sampling = Content.Sampling,
            Extensions = Content.Extensions,
            Lifetime = Lifetime,
            Fingerprint = Fingerprint,
            Timeout = timeLeft,
            TraceParent = TraceParent,
            Terms = Terms,
            IsIdempotent = IdempotencyKey is not null,
            Continuation = Continuation,
            Keeping = Keeping,
            DropsOldest = Content.DropsOldest,
        };
}
