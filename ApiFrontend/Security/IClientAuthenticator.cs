namespace FlowGpt.ApiFrontend.Security;

/// <summary>Decides whether a client's key is good. Thread-safe. Called once for each API request, before anything else is read.</summary>
public interface IClientAuthenticator
{
    /// <summary>Checks a key that a client presented.</summary>
    /// <param name="key">The bearer token; null when the request has none.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    ValueTask<ClientAuthentication> AuthenticateAsync(string? key, CancellationToken cancellationToken);
}
