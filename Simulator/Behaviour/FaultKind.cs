using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>
/// Ways in which a chat request can go wrong. In JSON and in directives each has its kebab-case name, e.g. <c>reset-after</c>.
/// "Refused" kinds answer instead of the account taking the request, so they charge no limit; all others are charged.
/// </summary>
[JsonConverter(typeof(KebabEnumJsonConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>No fault. In a narrower scope it switches a wider scope's fault off.</summary>
    None,

    /// <summary>Refused: 400 with an error body.</summary>
    BadRequest,

    /// <summary>Refused: 401 with an error body.</summary>
    Unauthorized,

    /// <summary>Refused: 403 with an error body.</summary>
    Forbidden,

    /// <summary>Refused: 429, with <c>Retry-After</c> only when one is set.</summary>
    RateLimited,

    /// <summary>Refused: 402 with an error body.</summary>
    PaymentRequired,

    /// <summary>Refused: 404 with an error body.</summary>
    NotFound,

    /// <summary>Refused: 409 with an error body.</summary>
    Conflict,

    /// <summary>Refused: 413 with an error body.</summary>
    TooLarge,

    /// <summary>Refused: 422 with an error body.</summary>
    Unprocessable,

    /// <summary>Refused: 423 with an error body.</summary>
    Locked,

    /// <summary>Refused: 400 as a server answers whose organisation was switched off.</summary>
    OrganizationDisabled,

    /// <summary>Refused: 429 as a server answers whose account has no money left.</summary>
    InsufficientQuota,

    /// <summary>Refused: 403 because of what the prompt says.</summary>
    ContentRefused,

    /// <summary>Refused: the status that the fault names.</summary>
    Status,

    /// <summary>Refused: 202 with an HTML page and <c>x-amzn-waf-action: challenge</c>.</summary>
    Challenge,

    /// <summary>Refused: 405 with an HTML page and <c>x-amzn-waf-action: captcha</c>.</summary>
    ChallengeCaptcha,

    /// <summary>500 with an error body.</summary>
    ServerError,

    /// <summary>502 with an error body.</summary>
    BadGateway,

    /// <summary>503 with an error body, with <c>Retry-After</c> only when one is set.</summary>
    Unavailable,

    /// <summary>504 with an error body.</summary>
    GatewayTimeout,

    /// <summary>200 with an HTML page instead of a stream.</summary>
    Html,

    /// <summary>200 with plain text that is not newline-delimited JSON.</summary>
    NotNdjson,

    /// <summary>200 and not one byte of body.</summary>
    EmptyBody,

    /// <summary>200 and a well-formed stream in which no event is text.</summary>
    NoText,

    /// <summary>The connection is reset and no byte of a response was sent.</summary>
    ResetBeforeHeaders,

    /// <summary>The connection is reset after the headers and the first N fragments.</summary>
    ResetAfter,

    /// <summary>The connection is closed, not reset, after the headers and the first N fragments: the body has no end.</summary>
    CloseAfter,

    /// <summary>The body ends in good order in the middle of the line that follows the first N fragments.</summary>
    CutLineAfter,

    /// <summary>An error event after the first N fragments; then the body ends in good order.</summary>
    ErrorFrameAfter,

    /// <summary>Silence: no byte of a response until the client goes away.</summary>
    StallBeforeHeaders,

    /// <summary>Headers and the first N fragments, then silence until the client goes away.</summary>
    StallAfter,
}
