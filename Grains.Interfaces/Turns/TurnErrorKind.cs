namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>What kind of error a turn ended with. The frontend maps each kind to one HTTP status.</summary>
[GenerateSerializer]
public enum TurnErrorKind
{
    /// <summary>400: the request cannot be served as it is.</summary>
    InvalidRequest = 0,

    /// <summary>400 <c>context_length_exceeded</c>.</summary>
    ContextLengthExceeded = 1,

    /// <summary>400 <c>conversation_locked</c>: another turn runs.</summary>
    ConversationLocked = 2,

    /// <summary>409: the idempotency key was used with another body.</summary>
    IdempotencyConflict = 3,

    /// <summary>404: the model does not exist.</summary>
    ModelNotFound = 4,

    /// <summary>429: no account frees in time.</summary>
    NoAccountInTime = 5,

    /// <summary>503: no account can serve at all.</summary>
    NoUsableAccount = 6,

    /// <summary>502: the upstream failed.</summary>
    UpstreamFailed = 7,

    /// <summary>504: the upstream was too slow.</summary>
    UpstreamTimeout = 8,

    /// <summary>503: the gateway lost the response (a silo ended or died).</summary>
    Interrupted = 9,

    /// <summary>500: a defect here.</summary>
    Internal = 10,

    /// <summary>429: the client key's limit of requests, in a minute or at one time.</summary>
    KeyRequestLimit = 11,

    /// <summary>429: the client key's limit of tokens in a minute.</summary>
    KeyTokenLimit = 12,

    /// <summary>429 <c>insufficient_quota</c>: the client key's tokens of the day or month are used up.</summary>
    KeyQuotaExceeded = 13,

    /// <summary>429: the prompt alone is larger than a token limit of the client key.</summary>
    KeyRequestTooLarge = 14,

    /// <summary>400 <c>unsupported_parameter</c>: no target of the route can do what the request needs.</summary>
    NotSupportedByModel = 15,

    /// <summary>503 <c>overloaded</c>, 529 in Anthropic's form: the upstream has no capacity.</summary>
    Overloaded = 16,

    /// <summary>400 <c>refused_by_upstream</c>: the upstream refuses the request on whichever account.</summary>
    RefusedByUpstream = 20,

    /// <summary>429: too many requests of the client key were refused by the upstream in the last minute.</summary>
    TooManyRefused = 21,

    /// <summary>The turn's parent is not its conversation's latest: the turn is to run in a copy of the conversation.</summary>
    NotLatestResponse = 30,

    /// <summary>400 <c>previous_response_not_found</c>.</summary>
    ResponseNotFound = 31,

    /// <summary>404: the conversation, or an item that the input names, does not exist.</summary>
    ConversationNotFound = 32,

    /// <summary>403 <c>storage_quota_exceeded</c>: as much is stored for the client key as may be.</summary>
    StorageFull = 33,
}
