using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// Knows the holder of <see cref="FrontendOptions.MasterKey"/>, for which no grain is asked, and the holders of client keys, by what this frontend
/// remembers of them. A key without the form of a client key is refused without a call.
/// </summary>
internal sealed class ClientAuthenticator : IClientAuthenticator
{
    private static readonly ClientIdentity Master = new("master");

    private readonly SecretKey _masterKey;
    private readonly ApiKeyCache _keys;
    private readonly TimeProvider _time;

    public ClientAuthenticator(IOptions<FrontendOptions> options, ApiKeyCache keys, TimeProvider time)
    {
        _masterKey = new SecretKey(options.Value.MasterKey);
        _keys = keys;
        _time = time;
    }

    public ValueTask<ClientAuthentication> AuthenticateAsync(string? key, CancellationToken cancellationToken) =>
        key is null ? new(ClientAuthentication.Refuse(GatewayErrors.MissingKey))
        : _masterKey.Matches(key) ? new(ClientAuthentication.Accept(Master))
        : ApiKeyToken.TryReadId(key, out var keyId) ? JudgeAsync(keyId, key, cancellationToken)
        : new(ClientAuthentication.Refuse(GatewayErrors.WrongKey(key)));

    private async ValueTask<ClientAuthentication> JudgeAsync(string keyId, string key, CancellationToken cancellationToken)
    {
        var lookup = await _keys.GetAsync(keyId, cancellationToken);
        if (!lookup.IsKnown)
        {
            return ClientAuthentication.Refuse(KeyErrors.Unavailable);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return KeyVerdict.Of(keyId, key, hash, lookup.Access, _time.GetUtcNow());
    }
}
