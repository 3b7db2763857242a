using FlowGpt.Grains.Isolation;
using FlowGpt.Silo.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>What a silo needs to find out whether it is cut off: its row in the table of silos as Orleans writes it, and settings that leave enough time.</summary>
[Trait("Category", "Process")]
public sealed class FenceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task OwnRow_InTheTableOfSilos_SaysWhetherTheSiloIsAlive()
    {
        await using var redis = await RedisProcess.StartAsync(_directory.Path);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        await using var silo = await SiloProcess.StartAsync(_directory, Settings(redis.Connection));

        Assert.Equal(TableState.Alive, await ReadAsync(connection));
        Assert.Equal(0, await silo.Host.StopAsync());
        Assert.Equal(TableState.Dead, await ReadAsync(connection));
    }

    [Fact]
    public async Task Start_WithSettingsThatLeaveNoTime_NamesThem()
    {
        var settings = Settings("127.0.0.1:1");
        settings["FlowGpt__Membership__FenceAfter"] = "00:00:05";
        await using var late = SiloProcess.Launch(_directory, settings);

        Assert.Equal(2, await late.WaitForExitAsync());
        Assert.Contains(
            "FlowGpt:Membership:FenceAfter is 00:00:05, more than two thirds of MaxProbeTimeout x MissedProbes (00:00:06)",
            late.Output,
            StringComparison.Ordinal
        );

        settings.Remove("FlowGpt__Membership__FenceAfter");
        settings["FlowGpt__Pool__LeaseTtl"] = "00:00:08";
        await using var brief = SiloProcess.Launch(_directory, settings);

        Assert.Equal(2, await brief.WaitForExitAsync());
        Assert.Contains("FlowGpt:Pool:LeaseTtl is 00:00:08, less than", brief.Output, StringComparison.Ordinal);
    }

    private static async Task<TableState> ReadAsync(ConnectionMultiplexer connection)
    {
        var rows = await connection.GetDatabase().HashGetAllAsync("flowgpt/members/default");
        return RedisTableProbe.Read(Assert.Single(rows, static row => row.Name != "Version").Value);
    }

    private static Dictionary<string, string> Settings(string redis) =>
        new()
        {
            ["REDIS_CONNECTION"] = redis,
            ["API_MASTER_KEY"] = "sk-client-0123456789",
            ["ADMIN_API_KEY"] = "sk-admin-0123456789",
            ["FLOWGPT_BEARER_TOKEN"] = "token",
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = "0",
        };
}
