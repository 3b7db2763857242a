using FlowGpt.ApiFrontend.Errors;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Knows one client: the holder of <see cref="FrontendOptions.MasterKey"/>.</summary>
internal sealed class MasterKeyAuthenticator : IClientAuthenticator
{
    private static readonly ClientIdentity Master = new("master");

    private readonly SecretKey _key;

    public MasterKeyAuthenticator(IOptions<FrontendOptions> options) => _key = new SecretKey(options.Value.MasterKey);

    public ValueTask<ClientAuthentication> AuthenticateAsync(string? key, CancellationToken cancellationToken)
    {
        var result =
            key is null ? ClientAuthentication.Refuse(GatewayErrors.MissingKey)
            : _key.Matches(key) ? ClientAuthentication.Accept(Master)
            : ClientAuthentication.Refuse(GatewayErrors.WrongKey(key));
        return ValueTask.FromResult(result);
    }
}
