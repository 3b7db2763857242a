using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>The error that a fault answers with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The text of the error body.</param>
/// <param name="Type">The error's type, for the OpenAI-compatible face.</param>
/// <param name="Code">The error's code, for the OpenAI-compatible face.</param>
internal readonly record struct FaultError(int Status, string Message, string Type, string? Code)
{
    private const string Invalid = "invalid_request_error";

    public static FaultError Of(FaultSettings fault)
    {
        var own = OfKind(fault.Kind);
        var message = own.Message.Length > 0 ? own.Message : $"Injected fault: {KebabName<FaultKind>.Of(fault.Kind)}";
        var status = fault.Status ?? own.Status;
        var type = own.Status != status && status >= 500 ? "server_error" : own.Type;
        return new FaultError(status, fault.Message ?? message, fault.Type ?? type, fault.Code ?? own.Code);
    }

    private static FaultError OfKind(FaultKind kind) =>
        kind switch
        {
            FaultKind.BadRequest or FaultKind.Status => Injected(400, Invalid),
            FaultKind.Unauthorized => Injected(401, Invalid, "invalid_api_key"),
            FaultKind.PaymentRequired => Injected(402, Invalid, "payment_required"),
            FaultKind.Forbidden => Injected(403, "permission_error"),
            FaultKind.NotFound => Injected(404, Invalid, "model_not_found"),
            FaultKind.Conflict => Injected(409, Invalid),
            FaultKind.TooLarge => Injected(413, Invalid),
            FaultKind.Unprocessable => Injected(422, Invalid),
            FaultKind.Locked => Injected(423, Invalid),
            FaultKind.RateLimited => Injected(429, "requests", "rate_limit_exceeded"),
            FaultKind.OrganizationDisabled => new FaultError(400, "This organization has been disabled.", Invalid, null),
            FaultKind.InsufficientQuota => new FaultError(
                429,
                "This account has used up its quota.",
                "insufficient_quota",
                "insufficient_quota"
            ),
            FaultKind.ContentRefused => new FaultError(
                403,
                "The prompt is refused by the content policy.",
                Invalid,
                "content_policy_violation"
            ),
            FaultKind.BadGateway => Injected(502, "server_error"),
            FaultKind.Unavailable => Injected(503, "server_error"),
            FaultKind.GatewayTimeout => Injected(504, "server_error"),
            _ => Injected(500, "server_error"),
        };

    private static FaultError Injected(int status, string type, string? code = null) => new(status, "", type, code);
}
