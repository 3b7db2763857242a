using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>The ports of a silo, tried by whoever reaches them: without a certificate of the cluster nothing is said, and the log has one line.</summary>
public sealed class ClusterTlsTests(ClusterTlsTests.Fixture fixture) : IClassFixture<ClusterTlsTests.Fixture>, IAsyncLifetime
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private OneSilo _one = null!;

    public async ValueTask InitializeAsync() => _one = await fixture.GetAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task SiloPorts_WithoutACertificateOfTheCluster_SayNothing()
    {
        var stranger = TestCertificates.Make();
        using var silo = Load(TestCertificates.For(ClusterRole.Silo));
        using var api = Load(TestCertificates.For(ClusterRole.Api));
        using var foreign = Load(Path.Combine(stranger, "silo"));

        Assert.True(await IsRefusedAsync(_one.SiloPort, null));
        Assert.True(await IsRefusedAsync(_one.SiloPort, foreign));
        Assert.True(await IsRefusedAsync(_one.SiloPort, api));
        Assert.True(await IsRefusedAsync(_one.GatewayPort, null));
        Assert.True(await IsRefusedAsync(_one.GatewayPort, foreign));
        var own = await Task.WhenAll(IsRefusedAsync(_one.SiloPort, silo), IsRefusedAsync(_one.GatewayPort, api));
        Assert.Equal([false, false], own);

        await _one.Silo.Host.WaitForOutputAsync(static output => Refusals(output) >= 5 ? output : null, "five refusals were logged");
        Assert.Equal(5, Refusals(_one.Silo.Host.Output));
    }

    [Fact]
    public async Task Client_WithTheCertificateOfAnApiProcess_SeesAPoolAndGetsNoLease()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var redis = RedisConnector.Parse(_one.Redis.Connection);
        await using var connection = await RedisConnector.ConnectAsync(
            redis,
            LongestWait,
            TimeProvider.System,
            TextWriter.Null,
            cancellationToken
        );
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var tls = new Dictionary<string, string?> { ["FlowGpt:ClusterTls:Directory"] = TestCertificates.For(ClusterRole.Api) };
        builder.Configuration.AddInMemoryCollection(tls);
        builder.AddClusterClient(connection, ClusterTls.Read(builder.Configuration, ClusterRole.Api, TimeProvider.System.GetUtcNow()));
        using var client = builder.Build();
        await client.StartAsync(cancellationToken).WaitAsync(LongestWait, cancellationToken);
        var pool = client.Services.GetRequiredService<IGrainFactory>().GetGrain<ITokenPoolGrain>("flowgpt");

        Assert.Equal("flowgpt", (await pool.GetSnapshot()).Name);
        var request = new AcquireRequest("r1", "master", "flowgpt-free", null, [], 1, 1, TimeSpan.Zero, "127.0.0.1:1@0");
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await pool.Acquire(request));
        Assert.Contains("leases are for silos", refused.Message, StringComparison.Ordinal);

        await client.StopAsync(cancellationToken).WaitAsync(LongestWait, cancellationToken);
    }

    [Fact]
    public async Task Start_WithoutCertificates_IsRefusedAndSaysHow()
    {
        var settings = _one.Settings();
        settings["CLUSTER_TLS"] = "";
        await using var host = ProcessHost.Start("FlowGpt.Silo", _one.Directory.Path, settings);

        Assert.Equal(2, await host.WaitForExitAsync());
        Assert.Contains("CLUSTER_TLS: is not set.", host.Output, StringComparison.Ordinal);
        Assert.Contains("--make-certificates", host.Output, StringComparison.Ordinal);
    }

    private static int Refusals(string output) => output.Split("Authentication failed", StringSplitOptions.None).Length - 1;

    private static X509Certificate2 Load(string directory) =>
        X509Certificate2.CreateFromPemFile(
            Path.Combine(directory, ClusterCertificates.CertificateFile),
            Path.Combine(directory, ClusterCertificates.KeyFile)
        );

    /// <summary>Whether the port ends the connection: with TLS 1.3 a client learns that its certificate is refused only when it reads.</summary>
    private static async Task<bool> IsRefusedAsync(int port, X509Certificate2? certificate)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(LongestWait);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
#pragma warning disable CA5359 // Who answers is not what this is about.
        await using var stream = new SslStream(client.GetStream(), false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = ClusterCertificates.NameOf(ClusterRole.Silo),
                    ClientCertificates = certificate is null ? null : [certificate],
                },
                deadline.Token
            );
            // Bytes that are no preamble of the protocol end also an accepted connection; a connection on which nothing is sent stays open for longer than a refusal takes.
            var read = stream.ReadAsync(new byte[1], deadline.Token).AsTask();
            var first = await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, deadline.Token));
            return first == read && await read == 0;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return true;
        }
    }

    /// <summary>One silo on a Redis.</summary>
    internal sealed class OneSilo : IAsyncDisposable
    {
        public TemporaryDirectory Directory { get; } = new();

        public int SiloPort { get; } = LoopbackPort.Free();

        public int GatewayPort { get; } = LoopbackPort.Free();

        public RedisProcess Redis { get; private set; } = null!;

        public SiloProcess Silo { get; private set; } = null!;

        public async Task StartAsync()
        {
            Redis = await RedisProcess.StartAsync(Directory.Path);
            Silo = await SiloProcess.StartAsync(Directory, Settings());
        }

        public Dictionary<string, string> Settings() =>
            new()
            {
                ["REDIS_CONNECTION"] = Redis.Connection,
                ["API_MASTER_KEY"] = "sk-test-0123456789abcdef",
                ["ADMIN_API_KEY"] = "sk-admin-0123456789abcdef",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                ["FlowGpt__Silo__SiloPort"] = $"{SiloPort}",
                ["FlowGpt__Silo__GatewayPort"] = $"{GatewayPort}",
            };

        public async ValueTask DisposeAsync()
        {
            foreach (var part in (IAsyncDisposable?[])[Silo, Redis])
            {
                if (part is not null)
                {
                    await part.DisposeAsync();
                }
            }

            Directory.Dispose();
        }
    }

    /// <summary>One silo for all tests, started at first use, so that a test can be skipped where it cannot be.</summary>
    public sealed class Fixture : IAsyncDisposable
    {
        private readonly OneSilo _silo = new();
        private Task? _started;

        internal async Task<OneSilo> GetAsync()
        {
            await (_started ??= _silo.StartAsync());
            return _silo;
        }

        public ValueTask DisposeAsync() => _silo.DisposeAsync();
    }
}
