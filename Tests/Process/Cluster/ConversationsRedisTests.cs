using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Secrecy;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>Conversations in a separate Redis cannot fill the cluster's Redis: when the former is full, everything else is served.</summary>
[Trait("Category", "Process")]
public sealed class ConversationsRedisTests : IAsyncDisposable
{
    private const string Key = "sk-client-key-of-the-cluster";
    private const string AdminKey = Key + "-admin";

    private readonly TemporaryDirectory _directory = new();

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return default;
    }

    [Fact]
    public async Task FullRedisOfConversations_RefusesStoredTurnsAlone()
    {
        await using var redis = await RedisProcess.StartAsync(Folder("main"));
        await using var conversations = await RedisProcess.StartAsync(Folder("conversations"));
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        await using var silo = await StartAsync(redis, conversations, simulator);
        using var admin = new AdminClient(silo.Address, AdminKey);
        await admin.DoneAsync("/admin/pools/flowgpt/accounts", new { name = "b1", bearerToken = simulator.IssueToken("b1") });
        var key = await admin.DoneAsync("/admin/keys", new { name = "fills storage" });

        Assert.Equal(200, (await silo.ChatAsync("Hello", "conversation-1")).Status);
        Assert.Contains(await RedisRecords.ReadAsync(conversations.Connection), IsConversation);
        Assert.DoesNotContain(await RedisRecords.ReadAsync(redis.Connection), IsConversation);

        await using (var operating = await ConnectionMultiplexer.ConnectAsync(conversations.Connection + ",allowAdmin=true"))
        {
            await operating.GetServers()[0].ConfigSetAsync("maxmemory", "1");
        }

        Assert.Equal(503, (await silo.ChatAsync("Hello", "conversation-2")).Status);
        Assert.Equal(200, (await silo.ChatAsync("Hello")).Status);
        await admin.DoneAsync($"/admin/keys/{key.GetProperty("id").GetString()}/revoke");
        Assert.Equal(200, (await admin.GetAsync("/admin/keys")).Status);
    }

    private static bool IsConversation((string Key, byte[] Value) record) =>
        record.Key.Contains("/state/conversation/", StringComparison.Ordinal);

    private string Folder(string name) => Directory.CreateDirectory(_directory.File(name)).FullName;

    private async Task<SiloProcess> StartAsync(RedisProcess redis, RedisProcess conversations, SimulatorHost simulator)
    {
        await File.WriteAllTextAsync(_directory.File("accounts.json"), """{"accounts":[]}""", TestContext.Current.CancellationToken);
        var silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string>
            {
                ["REDIS_CONNECTION"] = redis.Connection,
                ["CONVERSATIONS_REDIS"] = conversations.Connection,
                ["API_MASTER_KEY"] = Key,
                ["ADMIN_API_KEY"] = AdminKey,
                ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
                ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
                ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
            }
        );
        return silo.UseKey(Key);
    }
}
