using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Usage;
using Orleans.Configuration;
using Orleans.Dashboard;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>Connects a frontend that runs as a process of its own to the silos, which it finds through Redis.</summary>
internal static class ClusterClient
{
    private const string RedisKey = "FlowGpt:Redis:Connection";
    private const string ServiceIdKey = "FlowGpt:Silo:ServiceId";
    private const string ClusterIdKey = "FlowGpt:Silo:ClusterId";

    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    /// <summary>Adds the Orleans client. It waits for silos as long as it takes: the order in which processes start is free.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="problems">Gets what is wrong with the address of Redis; the client is then not added.</param>
    public static void AddClusterClient(this IHostApplicationBuilder builder, ICollection<string> problems)
    {
        var configuration = builder.Configuration;
        if (Startup.Collect(problems, () => ReadRedis(configuration)) is not { } redis)
        {
            return;
        }

        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ServiceId = configuration[ServiceIdKey] ?? "flowgpt";
                cluster.ClusterId = configuration[ClusterIdKey] ?? "default";
            });
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis);

            // With the default of a minute, half of the calls go to a gateway that has gone for that long.
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(15));
            client.AddGatewayCountChangedHandler(static provider => (_, change) => NoteLoss(provider, change));
            client.UseConnectionRetryFilter(
                static async (_, cancellationToken) =>
                {
                    await Task.Delay(ConnectRetry, TimeProvider.System, cancellationToken);
                    return true;
                }
            );
            if (configuration.GetValue<bool>(FrontendOptions.OrleansDashboardKey))
            {
                client.AddDashboard(static dashboard => dashboard.HideTrace = true);
            }
        });
    }

    private static void NoteLoss(IServiceProvider provider, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
        {
            provider.GetService<IUsageWitness>()?.SiloLost();
        }
    }

    private static ConfigurationOptions ReadRedis(IConfiguration configuration)
    {
        if (configuration[RedisKey] is not { Length: > 0 } connection)
        {
            throw new StartupException(
                "REDIS_CONNECTION: is not set. The API as a process of its own finds its silos through Redis; give for example redis:6379. "
                    + "To run everything in one process, start the silo instead."
            );
        }

        try
        {
            return ConfigurationOptions.Parse(connection);
        }
        catch (ArgumentException exception)
        {
            throw new StartupException("REDIS_CONNECTION: is not a Redis connection. Give for example redis:6379,password=…", exception);
        }
    }
}
