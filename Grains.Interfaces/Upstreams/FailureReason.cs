namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What went wrong upstream, in the field's words. Used in decisions, metrics and error codes.</summary>
[GenerateSerializer]
public enum FailureReason
{
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
}
