using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Sessions;

/// <summary><c>/admin/session</c>. The antiforgery token of each answer is sent with the client's later changes. Thread-safe.</summary>
public sealed class SessionClient
{
    private const string Root = "admin/session";

    private readonly AdminTransport _transport;

    internal SessionClient(AdminTransport transport) => _transport = transport;

    /// <summary>Who is signed in. A browser asks this first.</summary>
    public async Task<Session> GetAsync(CancellationToken cancellationToken = default) =>
        Use(await _transport.GetAsync(Root, AdminJson.Default.Session, cancellationToken));

    /// <summary>Signs in with the admin key; the answer sets the session's cookie.</summary>
    public async Task<Session> SignInAsync(KeySignIn key, CancellationToken cancellationToken = default) =>
        Use(
            await _transport.SendAsync(
                HttpMethod.Post,
                Root,
                AdminBody.Of(key, AdminJson.Default.KeySignIn),
                AdminJson.Default.Session,
                cancellationToken
            )
        );

    /// <summary>Ends the session.</summary>
    public async Task<Session> SignOutAsync(CancellationToken cancellationToken = default) =>
        Use(await _transport.SendAsync(HttpMethod.Delete, Root, null, AdminJson.Default.Session, cancellationToken));

    private Session Use(Session session)
    {
        _transport.AntiforgeryToken = session.AntiforgeryToken;
        return session;
    }
}
