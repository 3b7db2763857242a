using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace FlowGpt.Silo.Secrets;

/// <summary>Opens the ring of keys that stored secrets are encrypted with. A reader of the ring can read the secrets: back the ring up apart from the data.</summary>
internal static class KeyRing
{
    // Part of what secrets are encrypted under: another name could not read them.
    private const string ApplicationName = "FlowGptCluster";

    /// <summary>The ring in files of a directory that only their owner may read.</summary>
    public static IDataProtectionProvider Open(IXmlRepository repository) =>
        Open(ring =>
            ring.Services.Configure<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>(keys =>
                keys.XmlRepository = repository
            )
        );

    /// <summary>The ring in Redis, for every silo of the deployment.</summary>
    public static IDataProtectionProvider Open(IConnectionMultiplexer redis, string key) =>
        Open(ring => ring.PersistKeysToStackExchangeRedis(redis, key));

    // A container of its own: the ring's cache cannot be told to read again, a new one reads.
    private static IDataProtectionProvider Open(Action<IDataProtectionBuilder> keep)
    {
        var services = new ServiceCollection();
        keep(services.AddDataProtection().SetApplicationName(ApplicationName));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }
}
