using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace FlowGpt.Tests.Unit.ApiFrontend.Cluster;

/// <summary>What is said of a real Redis that cannot be used, and never anything of the input.</summary>
[Trait("Category", "Process")]
public sealed class RedisProbeTests : IDisposable
{
    private const string Right = "right-password";
    private const string Wrong = "wr0ng-and-hidden";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("{0},password=" + Wrong, "refuses the password or the user")]
    [InlineData("{0},user=" + Wrong + ",password=" + Right, "refuses the password or the user")]
    [InlineData("redis://" + Wrong + ":" + Right + "@{0}", "refuses the password or the user")]
    [InlineData("{0}", "asks for a password, and none is set")]
    [InlineData("{0},user=weak,password=" + Right, "may do nothing")]
    [InlineData("rediss://:" + Wrong + "@{0}", "does not speak TLS")]
    [InlineData("{0},ssl=true,password=" + Right, "does not speak TLS")]
    public async Task Connect_WithPassword_SaysWhatIsWrong(string connection, string expected)
    {
        await using var redis = await RedisProcess.StartAsync(
            _directory.Path,
            null,
            "--requirepass",
            Right,
            "--user",
            "weak",
            "on",
            $">{Right}",
            "-@all"
        );

        await RefusesAsync(string.Format(null, connection, redis.Connection), expected);
    }

    [Theory]
    [InlineData("{0},password=" + Wrong, "speaks TLS, and the address asks for none")]
    [InlineData("redis://:" + Wrong + "@{0}", "speaks TLS, and the address asks for none")]
    [InlineData("rediss://:" + Wrong + "@{0}", "certificate that is not accepted here")]
    public async Task Connect_WithTls_SaysWhatIsWrong(string connection, string expected)
    {
        await using var redis = await StartWithTlsAsync();

        await RefusesAsync(string.Format(null, connection, redis.Connection), expected);
    }

    [Fact]
    public async Task Connect_NothingOrNobodyThere_SaysWhich()
    {
        await RefusesAsync($"127.0.0.1:{LoopbackPort.Free()},password={Wrong}", "cannot be reached (nothing answers there)");
        await RefusesAsync($"no-such-host.invalid:6379,password={Wrong}", "the host's name is unknown");
    }

    [Fact]
    public async Task Look_AllRight_FindsNothing()
    {
        await using var redis = await RedisProcess.StartAsync(_directory.Path, null, "--requirepass", Right);

        Assert.Null(await LookAsync($"{redis.Connection},password={Right}"));
        Assert.Null(await LookAsync($"{redis.Connection},user=default,password={Right}"));
    }

    [Fact]
    public async Task Watch_PasswordChangedWhileConnected_SaysSoUntilItIsRightAgain()
    {
        await using var redis = await RedisProcess.StartAsync(_directory.Path, null, "--requirepass", Right);
        var configuration = RedisConnector.Parse($"{redis.Connection},password={Right}");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var another = await ConnectionMultiplexer.ConnectAsync($"{redis.Connection},password={Right},allowAdmin=true");
        var log = new LinesLogger();
        using var watch = new RedisWatch(connection, configuration, TimeProvider.System, log);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(watch.Trouble);

        var server = another.GetServers().Single();
        await server.ConfigSetAsync("requirepass", Wrong);
        await server.ClientKillAsync(clientType: ClientType.Normal, skipMe: true);

        await Soon.Becomes(
            async () =>
            {
                await Task.Yield();
                return watch.Trouble;
            },
            static trouble => trouble is not null,
            "the watch sees it"
        );
        Assert.Equal($"Redis at {redis.Connection} refuses the password or the user", watch.Trouble);
        Assert.Contains(log.Lines, static line => line.Contains("refuses the password or the user", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, static line => line.Contains(Right, StringComparison.Ordinal));

        await server.ConfigSetAsync("requirepass", Right);
        await Soon.Becomes(
            async () =>
            {
                await Task.Yield();
                return watch.Trouble;
            },
            static trouble => trouble is null,
            "the watch sees that Redis is there again"
        );
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task RefusesAsync(string connection, string expected)
    {
        using var progress = new StringWriter();

        var refused = await Assert.ThrowsAsync<StartupException>(() =>
            RedisConnector.ConnectAsync(
                RedisConnector.Parse(connection),
                TimeSpan.FromSeconds(1),
                TimeProvider.System,
                progress,
                TestContext.Current.CancellationToken
            )
        );

        var problem = Assert.Single(refused.Problems);
        Assert.StartsWith("REDIS_CONNECTION: Redis at ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, $"{problem}{progress}", StringComparison.Ordinal);
        Assert.DoesNotContain(Right, $"{problem}{progress}", StringComparison.Ordinal);
    }

    private static Task<RedisTrouble?> LookAsync(string connection) =>
        RedisProbe.LookAsync(RedisConnector.Parse(connection), TimeProvider.System, TestContext.Current.CancellationToken);

    private Task<RedisProcess> StartWithTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=redis.internal", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddDays(-1),
            now.AddDays(1)
        );
        File.WriteAllText(_directory.File("redis.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(_directory.File("redis.key"), key.ExportPkcs8PrivateKeyPem());
        return RedisProcess.StartWithTlsAsync(_directory.Path, _directory.File("redis.crt"), _directory.File("redis.key"));
    }

    private sealed class LinesLogger : ILogger<RedisWatch>
    {
        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (_lock)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}
