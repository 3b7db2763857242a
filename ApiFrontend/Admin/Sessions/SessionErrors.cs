using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Why a person may not use a route below <c>/admin</c>.</summary>
internal static class SessionErrors
{
    public static ApiError NotSignedIn { get; } =
        new(
            401,
            ErrorTypes.InvalidRequest,
            "not_signed_in",
            null,
            "Sign in first: send the admin key as Authorization: Bearer, or sign in with POST /admin/session."
        );

    public static ApiError Antiforgery { get; } =
        new(
            403,
            ErrorTypes.InvalidRequest,
            "antiforgery_failed",
            AdminAuthorizer.AntiforgeryHeader,
            $"A change by a session's cookie needs the header {AdminAuthorizer.AntiforgeryHeader} with the antiforgeryToken of GET /admin/session."
        )
        {
            ShouldRetry = false,
        };

    public static ApiError NeedsPerson { get; } =
        new(
            403,
            ErrorTypes.InvalidRequest,
            "person_required",
            null,
            "This is about the person who asks, and the admin key is nobody in particular. Sign in as a person, or use the routes of operators."
        );

    public static ApiError NotAllowed(AdminRole role) =>
        new(
            403,
            ErrorTypes.InvalidRequest,
            "role_not_sufficient",
            null,
            $"The role '{role.ToString().ToLowerInvariant()}' may not do this."
        )
        {
            ShouldRetry = false,
        };
}
