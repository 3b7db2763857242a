using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Describes the routes about sessions.</summary>
internal static class SessionDocs
{
    private const string Tag = "Operations";

    public static RouteDoc Get { get; } =
        RouteDoc
            .Open("getSession", Tag, "Show who is signed in")
            .Answers<Session>(200, "Whoever asks; the role is `none` when nobody is signed in.");

    public static RouteDoc SignIn { get; } =
        RouteDoc
            .Open("signIn", Tag, "Sign in with the admin key")
            .Body("SignIn")
            .Answers<Session>(200, "Signed in: the answer sets a cookie. Changes by cookie carry `antiforgeryToken` as `X-Antiforgery`.")
            .Fails(400, "There is no key in the body.")
            .Fails(401, "The key is wrong.")
            .Fails(429, "Too many wrong keys came from this address.");

    public static RouteDoc SignOut { get; } = RouteDoc.ForOperators("signOut", "Sign out").Answers<Session>(200, "The cookie is gone.");

    public static RouteDoc SignInElsewhere { get; } =
        RouteDoc
            .Open("signInAtProvider", Tag, "Sign in at the identity provider")
            .Query("return", """{"type":"string"}""", "The path to come back to; the dashboard by default.")
            .Answers(302, "On to the identity provider.")
            .Answers(200, "The provider's page, for a browser that follows.")
            .Fails(404, "No identity provider is configured.");
}
