using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Admin.Contracts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Keys;
using FlowGpt.Tests.Cluster.Storage;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Storage;

/// <summary>What a real Redis holds after a mix of requests: the keys that docs/storage.md lists, with the lifetimes listed there, and no keys for data that are not stored.</summary>
[Trait("Category", "Process")]
public sealed class RedisLayoutTests
{
    private const string Key = "sk-client-key-of-this-test";
    private const string AdminKey = Key + "-admin";

    [Fact]
    public async Task Redis_AfterAMixOfRequests_HoldsTheDocumentedKeysForTheirTime()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        await using var silo = (await SiloProcess.StartAsync(directory, await SettingsAsync(directory, redis, simulator))).UseKey(Key);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var database = connection.GetDatabase();
        await RequestAsync(silo);
        await Soon.Becomes(
            () => RedisLayout.KeysAsync(connection),
            static keys => keys.Any(key => key.EndsWith("/ledger", StringComparison.Ordinal)),
            "usage is booked"
        );

        Assert.Empty(await RedisLayout.ProblemsAsync(connection));
        Assert.Equal(
            ["flowgpt/state/conversation/master/c/talk/conversation"],
            await RedisLayout.KeysAsync(connection, "flowgpt/state/conversation/*")
        );
        await IsCountedAsync(silo);
        await database.KeyExpireAsync("flowgpt/state/conversation/master/c/talk/conversation", TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await silo.ChatAsync("Still there?", "talk")).Status);
        var renewed = await database.KeyTimeToLiveAsync("flowgpt/state/conversation/master/c/talk/conversation");
        Assert.InRange(renewed!.Value.TotalDays, 29.9, 30);
    }

    private static async Task IsCountedAsync(SiloProcess silo)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = silo.Address };
        var counted = await AdminClient
            .WithKey(http, AdminKey)
            .Conversations.ListAsync(cancellationToken: TestContext.Current.CancellationToken);
        var client = Assert.Single(counted.Clients);
        Assert.Equal(("master", 1L, 0L), (client.KeyId, client.Conversations, client.Responses));
        Assert.True(client.Bytes > 100);
    }

    private static async Task RequestAsync(SiloProcess silo)
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await silo.ChatAsync($"Not stored {i}.")).Status);
            Assert.Equal(200, (await silo.ChatAsync($"Stored {i}.", "talk")).Status);
        }

        foreach (
            var (body, key) in ((string, string?)[])[(Streamed, null), (Streamed, "idempotent"), (Streamed, "idempotent"), ("{}", null)]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            request.Headers.Add("Idempotency-Key", key is null ? [] : [key]);
            using var response = await silo.Http.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        var admin = new KeyOperator(silo.Address, AdminKey);
        var made = await admin.CreateAsync("""{"name":"someone","owner":"team"}""");
        Assert.Equal(200, (await admin.ChatAsync((string)made["key"]!)).Status);
        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Get, "/admin/pools/flowgpt")).Status);
        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Get, "/admin/audit")).Status);
    }

    private const string Streamed = """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"A stream."}]}""";

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
            ["ADMIN_API_KEY"] = AdminKey,
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
        };
    }
}
