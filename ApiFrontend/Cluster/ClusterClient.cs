using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Messaging;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>Connects a frontend that runs as a separate process to the silos, which it finds through Redis.</summary>
internal static class ClusterClient
{
    private const string ServiceIdKey = "FlowGpt:Silo:ServiceId";
    private const string ClusterIdKey = "FlowGpt:Silo:ClusterId";

    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    /// <summary>Reads where Redis is; what is wrong with it goes into the list.</summary>
    public static RedisOptions? Read(IConfiguration configuration, ICollection<string> problems)
    {
        var options = OptionsCheck.Read<RedisOptions>(configuration, RedisOptions.Section, problems);
        return Startup.Collect(problems, () => Parse(options)) is null ? null : options;
    }

    /// <summary>Connects to Redis as silos do.</summary>
    /// <exception cref="StartupException">It cannot be reached.</exception>
    public static Task<IConnectionMultiplexer> ConnectAsync(RedisOptions options, TextWriter progress) =>
        RedisConnector.ConnectAsync(Parse(options), options.ConnectWithin, TimeProvider.System, progress, CancellationToken.None);

    /// <summary>Adds the Orleans client. It waits for silos as long as it takes: the order in which processes start is free.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="redis">The connection that it finds silos by; not disposed by it.</param>
    /// <param name="certificates">What it proves itself with; null without TLS.</param>
    public static void AddClusterClient(
        this IHostApplicationBuilder builder,
        IConnectionMultiplexer redis,
        ClusterCertificates? certificates
    )
    {
        var configuration = builder.Configuration;
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ServiceId = configuration[ServiceIdKey] ?? "flowgpt";
                cluster.ClusterId = configuration[ClusterIdKey] ?? "default";
            });
            client.UseRedisClustering(clustering =>
            {
                clustering.ConfigurationOptions = ConfigurationOptions.Parse(redis.Configuration);
                clustering.CreateMultiplexer = _ => Task.FromResult((redis, true));
            });

            if (certificates is not null)
            {
                client.UseClusterTls(certificates);
            }

            Watch(client.Services);

            // With the default of a minute, calls go to a gateway that has gone for that long.
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
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
            GatewayWatch.Tell(provider);
        }
    }

    private static void Watch(IServiceCollection services)
    {
        services.TryAddSingleton<SiloLosses>();
        var silos = services.Last(static service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(silos);
        services.AddSingleton<IGatewayListProvider>(provider => new GatewayWatch(
            (IGatewayListProvider)(
                silos.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, silos.ImplementationType!)
            ),
            provider,
            provider.GetService<TimeProvider>() ?? TimeProvider.System
        ));
    }

    private static ConfigurationOptions Parse(RedisOptions? options) =>
        string.IsNullOrWhiteSpace(options?.Connection)
            ? throw new StartupException(
                "REDIS_CONNECTION: is not set. The API as a process of its own finds its silos through Redis; give for example redis:6379. "
                    + "To run everything in one process, start the silo instead."
            )
            : RedisConnector.Parse(options.Connection, options.Password);
}
