using System.Diagnostics;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>The same binaries as a cluster, by configuration only: two silos with the API on a real Redis.</summary>
[Trait("Category", "Process")]
public sealed class TwoSilosTests : IAsyncLifetime
{
    private const string Key = "sk-client-key-of-the-cluster";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;
    private RedisProcess _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync(_directory.Path);
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = _simulator.IssueToken("a1") }),
        };
        await File.WriteAllTextAsync(_directory.File("accounts.json"), accounts.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        if (_simulator is not null)
        {
            await _simulator.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Conversation_BegunOnOneSilo_GoesOnOnTheOtherAlsoAfterTheFirstWasKilled()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();

        Assert.Equal(200, (await first.ChatAsync("My name is Ada.", "talk")).Status);
        var shared = await second.ChatAsync("And what is it?", "talk");
        Assert.Equal(200, shared.Status);
        await first.Host.KillAsync();
        var (status, body) = await UntilServedAsync(second, "Say it again.");

        Assert.Equal(200, status);
        Assert.True((int)body["usage"]!["prompt_tokens"]! > (int)shared.Body["usage"]!["prompt_tokens"]!);
        Assert.Equal(0, await second.Host.StopAsync());
    }

    // Until the others notice that the silo has died, calls to its grains wait or fail.
    private static async Task<(int Status, JsonNode Body)> UntilServedAsync(SiloProcess silo, string text)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await silo.ChatAsync(text, "talk");
            if (answer.Status == 200 || watch.Elapsed > LongestWait)
            {
                return answer;
            }
        }
    }

    private async Task<SiloProcess> StartAsync() =>
        (
            await SiloProcess.StartAsync(
                _directory,
                new Dictionary<string, string>
                {
                    ["REDIS_CONNECTION"] = _redis.Connection,
                    ["API_MASTER_KEY"] = Key,
                    ["ADMIN_API_KEY"] = Key + "-admin",
                    ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                    ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString(),
                    ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                    ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
                    ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
                }
            )
        ).UseKey(Key);
}
