using System.Net;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Storage;

/// <summary>
/// Redis ends while a silo and an API process, which has no types of the silo's storage, run: stored turns get an error with <c>Retry-After</c>, others are served.
/// </summary>
[Trait("Category", "Process")]
public sealed class StorageOutageTests
{
    private const string Key = "sk-client-key-of-the-cluster";

    [Fact]
    public async Task RedisAway_StoredTurnsGet503WithRetryAfter_AndAreServedWhenItIsBack()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        var environment = await SettingsAsync(directory, redis, simulator);
        await using var silo = await SiloProcess.StartAsync(directory, environment);
        await using var api = (await ApiProcess.StartAsync(directory.Path, environment)).UseKey(Key);
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(api, "known")).Status);

        await redis.Host.KillAsync();
        // A turn of a conversation in memory, of one that must be read, and one more of a conversation that already refuses.
        var answers = await Task.WhenAll(ChatAsync(api, "known"), ChatAsync(api, "unknown"), ChatAsync(api, "another"));

        Assert.All(answers, static answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "interrupted", true), answer));
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(api, conversation: null)).Status);

        await redis.RestartAsync();
        await Soon.Becomes(
            async () => (await ChatAsync(api, "unknown")).Status,
            static status => status == HttpStatusCode.OK,
            "stored turns are served again"
        );
    }

    private static async Task<(HttpStatusCode Status, string? Code, bool HasRetryAfter)> ChatAsync(ApiProcess api, string? conversation)
    {
        using var request = new ChatBody("Hello.").ToRequest();
        if (conversation is not null)
        {
            request.Headers.Add("X-Conversation-Id", conversation);
        }

        using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return (response.StatusCode, (string?)body["error"]?["code"], response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
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
            ["API_MASTER_KEY"] = Key,
            ["ADMIN_API_KEY"] = Key + "-admin",
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Silo__Api"] = "false",
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Frontend__StartWithin"] = "00:00:08",
        };
    }
}
