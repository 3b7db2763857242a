using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FlowGpt.Tests.Unit.Secrets;

/// <summary>Which parts of a credential leave a pool, and which silos can read them.</summary>
public sealed class CredentialSealTests
{
    private readonly CredentialSeal _silo = new(new EphemeralVault());

    private readonly UpstreamCredential _credential = new(
        "openai",
        ImmutableDictionary<string, string>.Empty.Add("apiKey", "sk-upstream-secret"),
        ImmutableDictionary<string, string>.Empty.Add("X-Org", "org-header-secret")
    );

    [Fact]
    public void Seal_OverTheWire_HoldsNoSecretAndIsOpenedByTheSameKey()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var lease = new Lease(Guid.Empty, "a1", _silo.Seal(_credential), TimeSpan.FromSeconds(30), null);

        var wire = serializer.SerializeToArray<AcquireResult>(new AcquireResult.Granted(lease));
        var read = Assert.IsType<AcquireResult.Granted>(serializer.Deserialize<AcquireResult>(wire)).Lease.Credential;
        var opened = _silo.Open(read);

        var text = Encoding.Latin1.GetString(wire);
        Assert.DoesNotContain("sk-upstream-secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("org-header-secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("apiKey", text, StringComparison.Ordinal);
        Assert.Equal(("openai", "sk-upstream-secret", "org-header-secret"), (opened.Pool, opened["apiKey"], opened.ExtraHeaders["X-Org"]));
    }

    [Fact]
    public void Open_WithoutTheKey_IsRefused() =>
        Assert.Throws<CryptographicException>(() => new CredentialSeal(new EphemeralVault()).Open(_silo.Seal(_credential)));

    [Fact]
    public void Open_AsACredentialOfAnotherPool_IsRefused() =>
        Assert.Throws<CryptographicException>(() => _silo.Open(_silo.Seal(_credential) with { Pool = "elsewhere" }));

    [Fact]
    public void Open_AsACredentialOfAnotherPoolAfterItsOwn_IsRefused()
    {
        var sealedOne = _silo.Seal(_credential);
        Assert.Equal("sk-upstream-secret", _silo.Open(sealedOne)["apiKey"]);

        Assert.Throws<CryptographicException>(() => _silo.Open(sealedOne with { Pool = "elsewhere" }));
    }
}
