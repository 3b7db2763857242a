using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using StackExchange.Redis;

namespace FlowGpt.Silo.Secrets;

/// <summary>Opens the ring of keys that secrets are encrypted with. A reader of the ring can read the secrets, unless the ring is encrypted with a <see cref="VaultKey"/>.</summary>
internal static class KeyRing
{
    // Part of what secrets are encrypted under: another name could not read them.
    private const string ApplicationName = "FlowGptCluster";

    /// <summary>The ring in Redis, for every silo of the deployment.</summary>
    public static IXmlRepository In(IConnectionMultiplexer redis, string key) => new RedisXmlRepository(() => redis.GetDatabase(), key);

    /// <summary>Opens a ring. With a key, all additions are encrypted with the key; unencrypted keys of earlier times stay readable, and are used for nothing new.</summary>
    /// <exception cref="ApiFrontend.Configuration.StartupException">The ring is encrypted with another key.</exception>
    public static IDataProtectionProvider Open(IXmlRepository repository, VaultKey? key = null)
    {
        var ring = repository.GetAllElements();
        VaultKeyEncryptor.Demand(ring, key);

        // A container of its own: the ring's cache cannot be made to read again, but a new cache reads.
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName(ApplicationName);
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = repository);
        if (key is not null)
        {
            services.AddSingleton(key);
            services.Configure<KeyManagementOptions>(keys => keys.XmlEncryptor = new VaultKeyEncryptor(key));
        }

        var provider = services.BuildServiceProvider();
        if (key is not null && ring.Count > 0 && !ring.Descendants(VaultKeyEncryptor.Element).Any())
        {
            var keys = provider.GetRequiredService<IKeyManager>();
            var now = TimeProvider.System.GetUtcNow();
            keys.CreateNewKey(
                now,
                now + provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<KeyManagementOptions>>().Value.NewKeyLifetime
            );
        }

        return provider.GetRequiredService<IDataProtectionProvider>();
    }
}
