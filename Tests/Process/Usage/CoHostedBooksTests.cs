using System.Text.Json.Nodes;
using FlowGpt.Grains.Usage;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Faults;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Usage;

/// <summary>
/// A silo with the API inside is killed: no other process has seen its replies, so the bookings of the last moment are lost with it, as docs/usage.md says, and no more than
/// those.
/// </summary>
[Trait("Category", "Process")]
public sealed class CoHostedBooksTests
{
    /// <summary>The longest pause of a ledger between writes, and the time of a write on a busy machine.</summary>
    private static readonly TimeSpan Moment = UsageLedgerGrain.LongestPause * 5;

    [Fact]
    public async Task Kill_UnderLoad_LosesOnlyTheLastMomentOfUnstoredTurns()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var settings = await SettingsAsync(directory, redis, simulator);
        await using var silo = await SiloProcess.StartAsync(directory, settings);
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = silo.Address, Timeout = Timeout.InfiniteTimeSpan };
        await using var load = await ContinuousLoad.StartAsync(client, TimeSpan.FromSeconds(45), clients: 8, seed: 1);
        await load.UntilAsync(
            requests => requests.Count(request => request.IsServed && TimeProvider.System.GetElapsedTime(request.EndedAt) > Moment) > 20,
            "replies came longer ago than a moment"
        );

        var killed = TimeProvider.System.GetTimestamp();
        await silo.Host.KillAsync();
        await load.StopAsync();
        await using var again = await SiloProcess.StartAsync(directory, settings);

        var served = load.Requests.Where(static request => request.IsServed).ToArray();
        var kept = served.Where(request =>
            request.Kind == LoadKind.Stored || TimeProvider.System.GetElapsedTime(request.EndedAt, killed) > Moment
        );
        var books = await ClusterQuestions.UntilAsync(
            async () =>
            {
                var read = await LedgerBooks.ReadAsync(connection);
                return kept.All(request => read.Ids.Contains(UsageEventId.Of(request.ResponseId!))) ? read : null;
            },
            "all but the last moment's unstored turns are booked"
        );
        Assert.Equal(books.Totals.Requests, books.Ids.Count);
        Assert.True(books.Sums().Calls <= simulator.Truth.Snapshot().Accounts.Sum(static account => account.ChatRequests));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{served.Count(request => !books.Ids.Contains(UsageEventId.Of(request.ResponseId!)))} of {served.Length} replies are not booked"
        );
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(
        TemporaryDirectory directory,
        RedisProcess redis,
        SimulatorHost simulator
    )
    {
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = simulator.IssueToken("a1") }),
        };
        await File.WriteAllTextAsync(directory.File("accounts.json"), accounts.ToJsonString());
        return new Dictionary<string, string>
        {
            ["REDIS_CONNECTION"] = redis.Connection,
            ["API_MASTER_KEY"] = FaultCluster.MasterKey,
            ["ADMIN_API_KEY"] = FaultCluster.AdminKey,
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
        };
    }
}
