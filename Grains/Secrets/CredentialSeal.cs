using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Secrets;

/// <summary>
/// Seals the credential of a lease for its way to another silo, and opens the seal where the upstream call is made: a reader of a lease without the vault's key reads no
/// secret. Thread-safe.
/// </summary>
internal sealed partial class CredentialSeal(ISecretVault vault)
{
    private const string Purpose = "lease/";

    // Opened seals are remembered, since an account's credential is the same from lease to lease; beyond this many all are forgotten.
    private const int MostOpened = 32_768;

    private readonly ConditionalWeakTable<UpstreamCredential, UpstreamCredential> _sealed = [];
    private readonly ConcurrentDictionary<string, UpstreamCredential> _opened = new(StringComparer.Ordinal);

    /// <summary>The credential as it leaves its pool.</summary>
    public UpstreamCredential Seal(UpstreamCredential credential) => _sealed.GetValue(credential, Protect);

    /// <summary>The credential as its call needs it. A credential that an earlier version left unsealed is returned as it is.</summary>
    /// <exception cref="CryptographicException">This process has not the key that the credential was sealed with.</exception>
    public UpstreamCredential Open(UpstreamCredential credential)
    {
        if (credential.Sealed is not { } text)
        {
            return credential;
        }

        if (_opened.TryGetValue(text, out var known) && known.Pool == credential.Pool)
        {
            return known;
        }

        var secret =
            vault.Reveal(Purpose + credential.Pool, text)
            ?? throw new CryptographicException(
                $"A lease of pool '{credential.Pool}' is sealed with a key that this process does not have."
            );
        var content = JsonSerializer.Deserialize(secret, SealJson.Default.Content)!;
        var opened = new UpstreamCredential(credential.Pool, content.Fields, content.Headers);
        if (_opened.Count >= MostOpened)
        {
            _opened.Clear();
        }

        _opened[text] = opened;
        return opened;
    }

    private UpstreamCredential Protect(UpstreamCredential credential) =>
        new(credential.Pool, ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty)
        {
            Sealed = vault.Protect(
                Purpose + credential.Pool,
                JsonSerializer.Serialize(new(credential.Fields, credential.ExtraHeaders), SealJson.Default.Content)
            ),
        };

    internal sealed record Content(ImmutableDictionary<string, string> Fields, ImmutableDictionary<string, string> Headers);

    [JsonSerializable(typeof(Content))]
    internal sealed partial class SealJson : JsonSerializerContext;
}
