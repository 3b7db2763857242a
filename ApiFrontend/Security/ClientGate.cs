using FlowGpt.ApiFrontend.Http;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Lets clients in: the first thing every API route does.</summary>
internal sealed class ClientGate
{
    private readonly IClientAuthenticator _authenticator;

    public ClientGate(IClientAuthenticator authenticator) => _authenticator = authenticator;

    /// <summary>The caller; null when the request was refused and answered.</summary>
    public async ValueTask<ClientIdentity?> AdmitAsync(ApiRequest request)
    {
        var context = request.Context;
        var result = await _authenticator.AuthenticateAsync(BearerToken.Read(context.Request), context.RequestAborted);
        if (result.Identity is { } identity)
        {
            request.KeyId = identity.KeyId;
            return identity;
        }

        await request.RefuseAsync(result.Error!);
        return null;
    }
}
