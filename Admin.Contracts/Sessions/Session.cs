namespace FlowGpt.Admin.Contracts.Sessions;

/// <summary>Who is signed in, and how to.</summary>
/// <param name="Role"><c>none</c> when nobody is signed in, <c>member</c>, <c>viewer</c> or <c>admin</c>.</param>
/// <param name="Name">What the person is called; <c>admin</c> for whoever has the admin key.</param>
/// <param name="IsPerson">Whether a named person is signed in, who may have keys of their own.</param>
/// <param name="ExpiresAt">When the session ends; null for a bearer of the key, and in the answer that begins the session.</param>
/// <param name="AntiforgeryToken">What changes by cookie carry in the header <c>X-Antiforgery</c>; null without a session.</param>
/// <param name="SignIn">The identity provider to sign in at; null when none is configured. The admin key always works.</param>
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
/// <param name="Label">What the button says.</param>
public sealed record SignInPlace(string Path, string Label);

/// <summary>What signs in.</summary>
/// <param name="Key">The admin key.</param>
public sealed record KeySignIn(string Key);

/// <summary>The values of <see cref="Session.Role"/>.</summary>
public static class SessionRoles
{
    /// <summary>Nobody is signed in.</summary>
    public const string None = "none";

    /// <summary>Has keys of one's own.</summary>
    public const string Member = "member";

    /// <summary>Sees everything, changes nothing.</summary>
    public const string Viewer = "viewer";

    /// <summary>Everything.</summary>
    public const string Admin = "admin";
}
