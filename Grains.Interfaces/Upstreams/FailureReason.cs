namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What went wrong upstream, in the field's words. Used in decisions, metrics and error codes.</summary>
[GenerateSerializer]
public enum FailureReason
{
    /// <summary>
    /// The upstream refused the request in its own words (<see cref="UpstreamFailure.Message"/> has them) without naming a field: provisional until compared, as
    /// <see cref="Refused"/>; the words reach the client unless another account serves the request.
    /// </summary>
    BadRequest = 0,

    Unauthorized = 1,
    Forbidden = 2,
    Expired = 3,
    RateLimited = 4,
    ServerError = 5,
    ConnectTimeout = 6,
    FirstByteTimeout = 7,
    IdleTimeout = 8,
    TotalTimeout = 9,
    ConnectionFailed = 10,

    /// <summary>The connection broke after the reply had begun.</summary>
    ConnectionReset = 11,

    /// <summary>A web-firewall page that asks for a browser. It is reported, never solved.</summary>
    Challenge = 12,

    /// <summary>The body was not in the protocol's form.</summary>
    InvalidBody = 13,

    /// <summary>The reply ended without any text.</summary>
    EmptyReply = 14,

    /// <summary>The account's credit or quota with its provider is used up (402, <c>insufficient_quota</c>).</summary>
    QuotaExceeded = 15,

    /// <summary>The upstream refused for a reason that may lie in the account or in the request (400, 403, 404, 409, 422 …): provisional until compared.</summary>
    Refused = 16,

    /// <summary>The context is longer than the model takes.</summary>
    ContextTooLong = 17,

    /// <summary>The upstream names a field of the request as invalid; <see cref="UpstreamFailure.Param"/> says which.</summary>
    InvalidParameter = 18,

    /// <summary>The upstream does not know the model, or not for this account.</summary>
    ModelMissing = 19,

    /// <summary>The upstream has no capacity now (503, 529).</summary>
    Overloaded = 20,

    /// <summary>The provider's words say that the request alone is larger than a token limit of the account.</summary>
    RequestTooLarge = 21,

    /// <summary>State that the upstream kept for an earlier turn (its conversation) is gone: begin without it; no account is marked.</summary>
    Gone = 22,

    /// <summary>The model's reply was whole, but not in the form that the request asks for: no account is marked, and nothing is tried again.</summary>
    Unfit = 23,
}
