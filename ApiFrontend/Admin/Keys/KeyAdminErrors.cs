using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Errors of <c>/admin/keys</c>.</summary>
internal static class KeyAdminErrors
{
    public static ApiError TooMany { get; } =
        new(
            409,
            ErrorTypes.InvalidRequest,
            "too_many_keys",
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"There are {IApiKeyDirectoryGrain.MostKeys} keys already, the most there can be. Change or rotate an existing one."
            )
        )
        {
            ShouldRetry = false,
        };

    public static ApiError Conflict { get; } =
        new(
            409,
            ErrorTypes.InvalidRequest,
            "conflict",
            null,
            "The key was changed by somebody else at the same time. Please send it again."
        );

    public static ApiError Unknown(string id) =>
        GatewayErrors.NotFound($"There is no key '{RequestErrors.Shorten(id)}'. GET /admin/keys lists the keys.");

    public static ApiError Revoked(string id) =>
        new(409, ErrorTypes.InvalidRequest, "key_revoked", null, $"Key '{id}' was revoked, which is for good. Create a new one.")
        {
            ShouldRetry = false,
        };

    /// <summary>Why a change was not made; null when it was.</summary>
    public static ApiError? Of(ApiKeyChangeStatus status, string id) =>
        status switch
        {
            ApiKeyChangeStatus.Done => null,
            ApiKeyChangeStatus.NotFound => Unknown(id),
            ApiKeyChangeStatus.Revoked => Revoked(id),
            _ => Conflict,
        };
}
