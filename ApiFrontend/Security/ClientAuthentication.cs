using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>The outcome of authenticating a client: an identity, or the error to answer with. Never both, never neither.</summary>
public readonly struct ClientAuthentication
{
    private ClientAuthentication(ClientIdentity? identity, ApiError? error)
    {
        Identity = identity;
        Error = error;
    }

    /// <summary>Who calls; null when refused.</summary>
    public ClientIdentity? Identity { get; }

    /// <summary>Why it was refused; null when accepted.</summary>
    public ApiError? Error { get; }

    /// <summary>The key is good.</summary>
    public static ClientAuthentication Accept(ClientIdentity identity) => new(identity, null);

    /// <summary>The key is missing, wrong, or may not be used now.</summary>
    public static ClientAuthentication Refuse(ApiError error) => new(null, error);
}
