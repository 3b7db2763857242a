using System.Globalization;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Keys;

/// <summary>Errors about a client's key that was recognised.</summary>
internal static class KeyErrors
{
    /// <summary>The code of an error about a key that is not accepted.</summary>
    public const string InvalidKey = "invalid_api_key";

    /// <summary>The key could not be checked; a key that was not checked is never accepted.</summary>
    public static ApiError Unavailable { get; } =
        new(
            503,
            ErrorTypes.Server,
            "key_check_unavailable",
            null,
            "The key could not be checked at the moment. Please send the request again."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
            ShouldRetry = true,
            KeyRefusal = "unavailable",
        };

    public static ApiError TooManyWrong(TimeSpan wait) =>
        new(
            429,
            ErrorTypes.Requests,
            "too_many_wrong_keys",
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Too many wrong API keys came from this address. Please try again in {Math.Ceiling(wait.TotalSeconds)}s, with the right key."
            )
        )
        {
            RetryAfter = wait,
            KeyRefusal = "too_many_wrong",
        };

    public static ApiError Revoked(string keyId) =>
        Invalid("revoked", $"This API key ({keyId}) was revoked. Ask the operator of this gateway for a new one.");

    public static ApiError Replaced(string keyId) =>
        Invalid("replaced", $"This API key ({keyId}) was replaced by a new one. Use that, or ask the operator of this gateway.");

    public static ApiError Disabled(string keyId) =>
        Invalid("disabled", $"This API key ({keyId}) is disabled. The operator of this gateway can enable it again.");

    public static ApiError Expired(string keyId, DateTimeOffset at) =>
        Invalid(
            "expired",
            string.Create(
                CultureInfo.InvariantCulture,
                $"This API key ({keyId}) expired at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Ask the operator of this gateway for a new one."
            )
        );

    private static ApiError Invalid(string refusal, string message) =>
        new(401, ErrorTypes.InvalidRequest, InvalidKey, null, message) { KeyRefusal = refusal };
}
