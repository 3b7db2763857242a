namespace FlowGpt.Admin.Contracts.Sessions;

/// <summary>Who is signed in, and how to sign in.</summary>
/// <param name="Role"><c>none</c> when nobody is signed in, <c>member</c>, <c>viewer</c> or <c>admin</c>.</param>
/// <param name="Name">The person's name; <c>admin</c> for a session or a request with the admin key.</param>
/// <param name="IsPerson">Whether a named person is signed in, who may have personal keys.</param>
/// <param name="ExpiresAt">When the session ends; null for a request with the admin key, and in the answer that begins the session.</param>
/// <param name="AntiforgeryToken">The header <c>X-Antiforgery</c> of requests that change something by the session's cookie; null without a session.</param>
/// <param name="SignIn">The identity provider to sign in at; null when none is configured. Signing in with the admin key is always possible.</param>
public sealed record Session(
    string Role,
    string? Name,
    bool IsPerson,
    DateTimeOffset? ExpiresAt,
    string? AntiforgeryToken,
    SignInPlace? SignIn
);

/// <summary>Where a person signs in.</summary>
/// <param name="Path">Relative to the gateway's address; a browser is sent there.</param>
/// <param name="Label">The button's text.</param>
public sealed record SignInPlace(string Path, string Label);

/// <summary>The body of a sign-in.</summary>
/// <param name="Key">The admin key.</param>
public sealed record KeySignIn(string Key);

/// <summary>The values of <see cref="Session.Role"/>.</summary>
public static class SessionRoles
{
    /// <summary>Nobody is signed in.</summary>
    public const string None = "none";

    /// <summary>May manage the person's own keys.</summary>
    public const string Member = "member";

    /// <summary>May read everything and change nothing.</summary>
    public const string Viewer = "viewer";

    /// <summary>May read and change everything.</summary>
    public const string Admin = "admin";
}
