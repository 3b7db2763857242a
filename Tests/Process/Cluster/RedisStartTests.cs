using FlowGpt.Tests.Cluster.Storage;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>Processes of a cluster that start before their Redis does, or with a wrong address.</summary>
[Trait("Category", "Process")]
public sealed class RedisStartTests : IDisposable
{
    private const string Password = "hidden-password";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("FlowGpt.Silo")]
    [InlineData("FlowGpt.ApiFrontend")]
    public async Task Start_RedisThatCannotBeReached_IsTriedAgainThenNamedInOneErrorAndAFailedExit(string process)
    {
        var port = LoopbackPort.Free();

        await using var host = Launch(process, $"127.0.0.1:{port},password={Password}", within: "00:00:06");

        Assert.Equal(2, await host.WaitForExitAsync());
        Assert.Contains(
            $"Redis at 127.0.0.1:{port} cannot be reached (nothing answers there); trying again in 0.5 s.",
            host.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("cannot start:", host.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"  - REDIS_CONNECTION: Redis at 127.0.0.1:{port} cannot be reached (nothing answers there)",
            host.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FlowGpt.Silo")]
    [InlineData("FlowGpt.ApiFrontend")]
    public async Task Start_AddressThatIsNone_IsRefusedAtOnce(string process)
    {
        await using var host = Launch(process, $"password={Password}", within: "00:10:00");

        Assert.Equal(2, await host.WaitForExitAsync());
        Assert.Contains("  - REDIS_CONNECTION: cannot be read: ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RedisThatDeletesRecordsByItself_IsRefusedUntilItsPolicyIsRight()
    {
        await using var redis = await RedisProcess.StartAsync(_directory.Path);
        await using var operatorOfRedis = await ConnectionMultiplexer.ConnectAsync($"{redis.Connection},allowAdmin=true");
        var server = operatorOfRedis.GetServers().Single();
        await server.ConfigSetAsync("maxmemory-policy", "allkeys-lru");

        await using (var refused = Launch("FlowGpt.Silo", redis.Connection, within: "00:00:10"))
        {
            Assert.Equal(2, await refused.WaitForExitAsync());
            Assert.Contains("has maxmemory-policy allkeys-lru", refused.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.DatabaseSizeAsync());
        await server.ConfigSetAsync("maxmemory-policy", "noeviction");
        await using var silo = Launch("FlowGpt.Silo", $"redis://{redis.Connection}/0", within: "00:00:10");
        await silo.WaitForOutputAsync(
            static output => output.Contains("Ready on", StringComparison.Ordinal) ? output : null,
            "it was ready"
        );
    }

    [Fact]
    public async Task Start_OfEverythingBeforeRedis_ServesOnceRedisIsThere()
    {
        var port = LoopbackPort.Free();
        await using var silo = Launch("FlowGpt.Silo", $"127.0.0.1:{port}", within: "00:01:00");
        await using var api = Launch("FlowGpt.ApiFrontend", $"127.0.0.1:{port}", within: "00:01:00");
        foreach (var host in (ProcessHost[])[silo, api])
        {
            await host.WaitForOutputAsync(
                static output => output.Contains("trying again in", StringComparison.Ordinal) ? output : null,
                "Redis was missed"
            );
        }

        await using var redis = await RedisProcess.StartAsync(_directory.Path, port);

        foreach (var host in (ProcessHost[])[silo, api])
        {
            await host.WaitForOutputAsync(
                static output => output.Contains("Ready on", StringComparison.Ordinal) ? output : null,
                "it was ready"
            );
        }
    }

    private ProcessHost Launch(string process, string redis, string within) =>
        ProcessHost.Start(
            process,
            _directory.Path,
            new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["DATA_DIRECTORY"] = _directory.File("data"),
                ["REDIS_CONNECTION"] = redis,
                ["FlowGpt__Redis__ConnectWithin"] = within,
                ["API_MASTER_KEY"] = "sk-client-0123456789",
                ["ADMIN_API_KEY"] = "sk-admin-0123456789",
                ["FLOWGPT_BEARER_TOKEN"] = "a-token-that-is-not-used",
                ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
                ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
            }
        );
}
