using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Errors of the admin routes.</summary>
internal static class AdminErrors
{
    /// <summary>Something below failed; a change may or may not have been stored.</summary>
    public static ApiError Failed { get; } =
        new(
            503,
            ErrorTypes.Server,
            "admin_action_failed",
            null,
            "This could not be completed, for example because the storage failed. A change may have taken effect or not: read, and send it again."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    /// <summary>Nothing was done, since it could not have been noted.</summary>
    public static ApiError NotAudited { get; } =
        new(
            503,
            ErrorTypes.Server,
            "audit_unavailable",
            null,
            "The audit log could not be written, so nothing was done. Please send the request again when the storage works."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static ApiError NoAccount(string pool, string account) =>
        GatewayErrors.NotFound($"Pool '{RequestErrors.Shorten(pool)}' has no account '{RequestErrors.Shorten(account)}'.");

    public static ApiError Conflict(string? param, string message) =>
        new(StatusCodes.Status409Conflict, ErrorTypes.InvalidRequest, "conflict", param, message) { ShouldRetry = false };
}
