using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Usage;
using FlowGpt.Tests.Cluster.Usage;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.ApiFrontend;

/// <summary>Silos with the product's grains over a scripted upstream, and a frontend beside them that is an Orleans client.</summary>
internal sealed class GatewayCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private GatewayCluster(InProcessTestCluster cluster, ScriptedUpstream upstream, FrontendHost frontend)
    {
        _cluster = cluster;
        Upstream = upstream;
        Frontend = frontend;
    }

    public ScriptedUpstream Upstream { get; }

    public FrontendHost Frontend { get; }

    /// <param name="silos">How many silos.</param>
    /// <param name="more">Adds services of each silo.</param>
    /// <param name="staticFiles">The list of the dashboard's files; null: the frontend serves none.</param>
    public static async Task<GatewayCluster> StartAsync(short silos, Action<IServiceCollection>? more = null, string? staticFiles = null)
    {
        var upstream = new ScriptedUpstream();
        var storage = new FaultyStorage();
        // One key for all silos: a silo opens what another silo's pool has sealed.
        var vault = new EphemeralVault();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                var services = silo.Services;
                services.AddSingleton(TimeProvider.System);
                services.AddKeyedSingleton<IGrainStorage>("Default", storage);
                services.AddSingleton<IGrainStorage>(storage);
                services.AddSingleton<IAccountSource, Accounts>();
                services.AddSingleton<ISecretVault>(vault);
                services.AddSingleton<IProviderKind>(provider => new ScriptedKind(
                    "flowgpt",
                    _ => upstream.For(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress)
                ));
                services.AddAffinity();
                services.AddTurns();
                services.AddConversations();
                services.AddModelCatalog();
                services.AddTokenPool();
                services.AddClientKeys();
                services.AddUsageRecording();
                more?.Invoke(services);
            }
        );
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GatewayCluster(cluster, upstream, await FrontendHost.StartAsync(cluster: cluster.Client, staticFiles: staticFiles));
    }

    /// <summary>Ends the silo that makes this upstream call, without letting it finish anything.</summary>
    public Task KillSiloOfAsync(ScriptedUpstream.Call call) =>
        _cluster.KillSiloAsync(_cluster.Silos.Single(silo => silo.SiloAddress.Equals(call.Silo)));

    public async ValueTask DisposeAsync()
    {
        await Frontend.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private sealed class Accounts : IAccountSource
    {
        private readonly AccountSet _accounts = new(
            1,
            [
                new AccountDefinition
                {
                    Name = "a1",
                    Fields = ImmutableDictionary<string, string>.Empty.Add("bearerToken", "token").Add("deviceId", "device"),
                    TokenHash = "hash",
                },
            ]
        );

        public AccountSet For(string pool) => _accounts;
    }
}
