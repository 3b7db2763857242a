using System.Text;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Secrecy;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>The admin API over two silos on a real Redis: a change through one silo is in force on both, also after all were restarted.</summary>
[Trait("Category", "Process")]
public sealed class AdminClusterTests : IAsyncLifetime
{
    private const string Key = "sk-client-key-of-the-cluster";
    private const string AdminKey = Key + "-admin";
    private const string Accounts = "/admin/pools/flowgpt/accounts";

    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;
    private RedisProcess _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync(_directory.Path);
        await File.WriteAllTextAsync(_directory.File("accounts.json"), """{"accounts":[]}""", TestContext.Current.CancellationToken);
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
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
    public async Task Account_AddedOnOneSilo_ServesOnTheOtherAndAfterBothRestartedAndIsNowhereInClear()
    {
        var token = _simulator.IssueToken("b1");
        var output = new StringBuilder();
        await using (var first = await StartAsync())
        await using (var second = await StartAsync())
        {
            using var admin = new AdminClient(first.Address, AdminKey);
            Assert.Equal(201, (await admin.PostAsync(Accounts, new { name = "b1", bearerToken = token })).Status);
            Assert.Equal(200, (await second.ChatAsync("Hello")).Status);

            using var other = new AdminClient(second.Address, AdminKey);
            Assert.Equal("Disabled", (await other.PostAsync($"{Accounts}/b1/disable")).Body.Account("state"));
            Assert.Equal(503, (await first.ChatAsync("Hello")).Status);
            Assert.Equal("Ready", (await admin.PostAsync($"{Accounts}/b1/enable")).Body.Account("state"));
            Assert.Equal(201, (await admin.PutAsync("/admin/models/team-model", new { promptId = "simulated-persona-007" })).Status);

            var (_, audit) = await other.GetAsync("/admin/audit");
            Assert.Equal(4, audit.GetProperty("entries").GetArrayLength());
            Assert.DoesNotContain(token, audit.GetRawText(), StringComparison.Ordinal);
            output.Append(first.Host.Output).Append(second.Host.Output);
            Assert.Equal((0, 0), (await first.Host.StopAsync(), await second.Host.StopAsync()));
        }

        await using var again = await StartAsync();
        Assert.Equal(200, (await again.ChatAsync("Hello")).Status);
        Assert.Equal(2, _simulator.Truth.Account("b1").Accepted);
        output.Append(again.Host.Output);

        Assert.DoesNotContain(token, output.ToString(), StringComparison.Ordinal);
        var records = await RedisRecords.ReadAsync(_redis.Connection);
        Assert.Contains(records, record => record.Key.EndsWith("secret-keys", StringComparison.Ordinal));
        Assert.All(
            records,
            record =>
                Assert.False(record.Value.AsSpan().IndexOf(Encoding.UTF8.GetBytes(token)) >= 0, $"{record.Key} holds the token in clear")
        );
    }

    [Fact]
    public async Task Drain_OneOfTwoSilos_TakesItOutOfTrafficAndTheLastOneStays()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        using var admin = new AdminClient(first.Address, AdminKey);
        var (_, cluster) = await admin.GetAsync("/admin/cluster");
        var ids = cluster.GetProperty("silos").EnumerateArray().Select(silo => silo.GetProperty("id").GetString()!).ToArray();
        Assert.Equal(2, ids.Length);

        Assert.Equal(200, (await admin.PostAsync($"/admin/cluster/silos/{Uri.EscapeDataString(ids[0])}/drain")).Status);

        await admin.DoneAsync(Accounts, new { name = "b1", bearerToken = _simulator.IssueToken("b1") });
        foreach (var silo in (SiloProcess[])[first, second])
        {
            var reply = silo.ChatAsync("Slow, please. [[sim: tokens=30 per=50ms]]");
            await _simulator.Truth.WaitUntilAsync(truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken);
            var turns = (await admin.GetAsync("/admin/cluster"))
                .Body.GetProperty("silos")
                .EnumerateArray()
                .ToDictionary(
                    one => one.GetProperty("id").GetString()!,
                    one => one.GetProperty("report").GetProperty("turnsInFlight").GetInt32()
                );
            Assert.Equal((0, 1), (turns[ids[0]], turns[ids[1]]));
            Assert.Equal(200, (await reply).Status);
        }

        using var firstReady = await first.Http.GetAsync("/health/ready");
        using var secondReady = await second.Http.GetAsync("/health/ready");
        Assert.Equal([200, 503], new[] { (int)firstReady.StatusCode, (int)secondReady.StatusCode }.Order());
        Assert.Equal(409, (await admin.PostAsync($"/admin/cluster/silos/{Uri.EscapeDataString(ids[1])}/drain")).Status);
        Assert.Equal(200, (await admin.PostAsync($"/admin/cluster/silos/{Uri.EscapeDataString(ids[0])}/resume")).Status);
        using var back = await first.Http.GetAsync("/health/ready");
        using var other = await second.Http.GetAsync("/health/ready");
        Assert.Equal((200, 200), ((int)back.StatusCode, (int)other.StatusCode));
    }

    private async Task<SiloProcess> StartAsync()
    {
        var silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string>
            {
                ["REDIS_CONNECTION"] = _redis.Connection,
                ["API_MASTER_KEY"] = Key,
                ["ADMIN_API_KEY"] = AdminKey,
                ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString(),
                ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
                ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
            }
        );
        return silo.UseKey(Key);
    }
}
