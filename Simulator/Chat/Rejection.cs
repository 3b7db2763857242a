using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.Chat;

/// <summary>A request that gets no reply.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">The text of the error body.</param>
internal sealed record Rejection(RejectReason Reason, string Message)
{
    /// <summary>The HTTP status. Which one the real service uses is assumed, except for 401, 403 and 429 as families.</summary>
    public int Status =>
        Reason switch
        {
            RejectReason.BadRequest => StatusCodes.Status400BadRequest,
            RejectReason.DisabledAccount or RejectReason.BadSignature or RejectReason.ForeignConversation => StatusCodes.Status403Forbidden,
            RejectReason.UnknownConversation => StatusCodes.Status404NotFound,
            RejectReason.Limit => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status401Unauthorized,
        };
}
