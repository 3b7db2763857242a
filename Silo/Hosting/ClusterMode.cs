using System.Net;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.Grains.Conversations.Sums;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Timing;
using FlowGpt.Silo.Secrets;
using FlowGpt.Silo.Storage;
using Microsoft.AspNetCore.DataProtection;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Storage;
using StackExchange.Redis;

namespace FlowGpt.Silo.Hosting;

/// <summary>One of many silos. Redis holds membership, state and reminders.</summary>
internal sealed class ClusterMode : IHostingMode
{
    private readonly SiloOptions _options;
    private readonly MembershipOptions _membership;
    private readonly ClusterTiming _timing;
    private readonly RedisConnections _redis;
    private readonly IPAddress? _advertised;
    private readonly ClusterCertificates? _certificates;
    private readonly VaultKey? _vaultKey;

    private ClusterMode(
        SiloOptions options,
        MembershipOptions membership,
        ClusterTiming timing,
        RedisConnections redis,
        ProductKeys keys,
        IPAddress? advertised,
        ClusterCertificates? certificates,
        VaultKey? vaultKey
    )
    {
        _options = options;
        _timing = timing;
        _membership = membership;
        _redis = redis;
        _advertised = advertised;
        _certificates = certificates;
        _vaultKey = vaultKey;
        Keys = keys;
    }

    /// <inheritdoc/>
    public string Description =>
        $"cluster {_options.ServiceId}/{_options.ClusterId} on Redis at "
        + string.Join(", ", _redis.State.GetEndPoints(configuredOnly: true).Select(RedisConnector.Describe));

    /// <inheritdoc/>
    public ProductKeys Keys { get; }

    /// <summary>Adds every problem that would keep a cluster's process from starting to the list, without connecting.</summary>
    public static void Check(HostingSettings settings, IConfigurationManager configuration, ICollection<string> problems)
    {
        Startup.Collect(problems, () => ProductKeys.FromConfiguration(configuration));
        Startup.Collect(problems, () => Resolve(settings.Silo.AdvertisedAddress));
        Startup.Collect(problems, () => Certificates(configuration));
        Startup.Collect(problems, () => VaultKey.Read(configuration));
        foreach (var problem in TimingOf(settings.Membership, configuration).Problems())
        {
            problems.Add(problem);
        }
    }

    /// <summary>Connects to Redis.</summary>
    /// <exception cref="StartupException">Redis cannot be reached, or what <see cref="Check"/> finds.</exception>
    public static async Task<ClusterMode> ConnectAsync(
        HostingSettings settings,
        IConfigurationManager configuration,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        var keys = ProductKeys.FromConfiguration(configuration);
        var advertised = Resolve(settings.Silo.AdvertisedAddress);
        var certificates = Certificates(configuration);
        var vaultKey = VaultKey.Read(configuration);
        var connections = await RedisConnections.ConnectAsync(settings.Redis, TimeProvider.System, progress, cancellationToken);
        try
        {
            await RedisFormat.CheckAsync(connections.State, settings.Silo.ServiceId);
            VaultKeyEncryptor.Demand(KeyRing.In(connections.State, $"{settings.Silo.ServiceId}/secret-keys").GetAllElements(), vaultKey);
        }
        catch
        {
            await connections.DisposeAsync();
            throw;
        }

        var timing = TimingOf(settings.Membership, configuration);
        return new ClusterMode(settings.Silo, settings.Membership, timing, connections, keys, advertised, certificates, vaultKey);
    }

    /// <inheritdoc/>
    public IDataProtectionProvider OpenKeyRing() => KeyRing.Open(KeyRing.In(_redis.State, $"{_options.ServiceId}/secret-keys"), _vaultKey);

    /// <summary>The description; for logs.</summary>
    public override string ToString() => Description;

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo)
    {
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ServiceId = _options.ServiceId;
            cluster.ClusterId = _options.ClusterId;
        });
        ConfigureEndpoints(silo);
        if (_certificates is not null)
        {
            silo.UseClusterTls(_certificates);
        }

        silo.AddIncomingGrainCallFilter<ClientWall>();
        if (_options.Kubernetes)
        {
            silo.UseKubernetesHosting();
        }

        silo.Configure<ClusterMembershipOptions>(cluster =>
        {
            cluster.ProbeTimeout = _timing.Probe;
            cluster.MaxProbeTimeout = _timing.LongestProbe;
            cluster.NumMissedProbesLimit = _timing.MissedProbes;
            cluster.IAmAliveTablePublishTimeout = _membership.IAmAliveInterval;
            cluster.TableRefreshTimeout = _membership.TableRefresh;
        });
        // The other directory forgets grains while silos come and go in order, and a stream then loses its conversation without any fault.
#pragma warning disable ORLEANSEXP003 // Held to what is wanted of it by the tests of rolling restarts.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // By default the directory holds back the grains of a dead silo for half a minute, in case the silo is still running. Here ETags and leases prevent
        // double work, and clients wait for these grains.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        silo.UseRedisClustering(redis =>
        {
            redis.ConfigurationOptions = _redis.Configuration;
            redis.CreateMultiplexer = _ => Shared(_redis.Membership);
        });
        silo.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<MembershipTableRestorer>(
                services,
                _redis.Membership,
                MembersKey,
                _membership.IAmAliveInterval
            )
        );
        AddIsolationWatch(silo.Services);
        AddRedisWatch(silo.Services);
        AddStorage(silo);
        silo.UseRedisReminderService(redis =>
        {
            redis.ConfigurationOptions = _redis.Configuration;
            redis.CreateMultiplexer = _ => Shared(_redis.State);
        });
    }

    /// <inheritdoc/>
    public void Tell(ILogger logger)
    {
        ClusterTls.Tell(logger, _certificates, TimeProvider.System.GetUtcNow());
        VaultKey.Tell(logger, _vaultKey);
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private string MembersKey => $"{_options.ServiceId}/members/{_options.ClusterId}";

    private void AddIsolationWatch(IServiceCollection services)
    {
        services.AddIsolationWatch(_timing);
        services.AddSingleton<ITableProbe>(provider => new RedisTableProbe(
            _redis.Membership,
            MembersKey,
            provider.GetRequiredService<ILocalSiloDetails>()
        ));
        services.AddSingleton<IReadinessSource, ContactReadiness>();
    }

    private void AddRedisWatch(IServiceCollection services)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisWatch>(provider, _redis.State, _redis.Configuration));
        services.AddHostedService(static provider => provider.GetRequiredService<RedisWatch>());
        services.AddSingleton<IReadinessSource, RedisReadiness>();
        if (_redis.Conversations != _redis.State)
        {
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<RedisWatch>(provider, _redis.Conversations, _redis.ConversationsConfiguration)
            );
        }
    }

    // Redis removes records a set time after their last write; a storage provider has one such time for all of its records.
    private void AddStorage(ISiloBuilder silo)
    {
        const string lasting = "lasting";
        foreach (var name in RecordLifetimes.All.Add(lasting))
        {
            silo.AddRedisGrainStorage(
                name,
                redis =>
                {
                    var isOfConversations = name == RecordLifetimes.Conversation;
                    redis.ConfigurationOptions = isOfConversations ? _redis.ConversationsConfiguration : _redis.Configuration;
                    redis.CreateMultiplexer = _ => Shared(isOfConversations ? _redis.Conversations : _redis.State);
                    redis.DeleteStateOnClear = true;
                }
            );
            silo.Services.AddOptions<RedisStorageOptions>(name)
                .Configure<IServiceProvider>((redis, services) => redis.EntryExpiry = RecordLifetimes.Of(name, services));
        }

        silo.Services.AddSingleton<IConversationRecords>(new RedisConversationRecords(_redis.State, _options.ServiceId));
        StorageBoundary.Register(
            silo.Services,
            static services => new RoutedStorage(
                services.GetRequiredKeyedService<IGrainStorage>(lasting),
                RecordLifetimes.ByState.ToDictionary(
                    static one => one.Key,
                    one => services.GetRequiredKeyedService<IGrainStorage>(one.Value)
                )
            )
        );
    }

    // Problems of the pool's settings themselves are reported where all features are checked.
    private static ClusterTiming TimingOf(MembershipOptions membership, IConfiguration configuration) =>
        membership.Timing((OptionsCheck.Read<PoolOptions>(configuration, PoolOptions.SectionName, []) ?? new PoolOptions()).LeaseTtl);

    private void ConfigureEndpoints(ISiloBuilder silo)
    {
        if (_advertised is null)
        {
            silo.ConfigureEndpoints(_options.SiloPort, _options.GatewayPort, listenOnAnyHostAddress: true);
        }
        else
        {
            // A loopback address is for several silos on one machine: nothing else needs to reach them.
            silo.ConfigureEndpoints(
                _advertised,
                _options.SiloPort,
                _options.GatewayPort,
                listenOnAnyHostAddress: !IPAddress.IsLoopback(_advertised)
            );
        }
    }

    private static Task<(IConnectionMultiplexer Multiplexer, bool IsShared)> Shared(IConnectionMultiplexer multiplexer) =>
        Task.FromResult((multiplexer, true));

    private static ClusterCertificates? Certificates(IConfiguration configuration) =>
        ClusterTls.Read(configuration, ClusterRole.Silo, TimeProvider.System.GetUtcNow());

    private static IPAddress? Resolve(string? advertised)
    {
        if (string.IsNullOrWhiteSpace(advertised))
        {
            return null;
        }

        try
        {
            return Dns.GetHostAddresses(advertised) is [var first, ..] ? first : throw new System.Net.Sockets.SocketException();
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new StartupException(
                $"FlowGpt:Silo:AdvertisedAddress = \"{advertised}\": is not known here. Give an IP address or a host name of this machine.",
                exception
            );
        }
    }
}
