using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster;
using FlowGpt.Tests.Cluster.Keys;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Unit.Packaging;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Storage;

/// <summary>What a real Redis holds after a mix of requests: the keys that docs/storage.md lists, for as long as it says, and none for what is not stored.</summary>
[Trait("Category", "Process")]
public sealed partial class RedisLayoutTests
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
            () => KeysAsync(connection),
            static keys => keys.Any(key => key.EndsWith("/ledger", StringComparison.Ordinal)),
            "usage is booked"
        );

        var documented = Documented();
        var wrong = new List<string>();
        foreach (var key in await KeysAsync(connection))
        {
            var days = (await database.KeyTimeToLiveAsync(key))?.TotalDays;
            if (documented.Count(row => row.Pattern.IsMatch(key) && IsNear(days, row.Days)) != 1)
            {
                wrong.Add($"{key}, which lives for {(days is null ? "ever" : $"{days} days")}");
            }
        }

        Assert.True(wrong.Count == 0, $"docs/storage.md does not say, or says twice: {string.Join("; ", wrong)}");
        Assert.Equal(
            ["flowgpt/state/conversation/master/c/talk/conversation"],
            await KeysAsync(connection, "flowgpt/state/conversation/*")
        );
        await database.KeyExpireAsync("flowgpt/state/conversation/master/c/talk/conversation", TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await silo.ChatAsync("Still there?", "talk")).Status);
        var renewed = await database.KeyTimeToLiveAsync("flowgpt/state/conversation/master/c/talk/conversation");
        Assert.InRange(renewed!.Value.TotalDays, 29.9, 30);
    }

    private static bool IsNear(double? days, double? documented) =>
        days is null ? documented is null : days > documented - 0.1 && days <= documented;

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

    // Rows of the table: | `key/with/{parts}` | who | size | lifetime |, a lifetime of days being one that ends by itself.
    private static List<(Regex Pattern, double? Days)> Documented() =>
        [
            .. Repository
                .ReadLines("docs/storage.md")
                .Select(static line => Row().Match(line))
                .Where(static row => row.Success)
                .Select(static row =>
                    (
                        new Regex($"^{Part().Replace(Regex.Escape(row.Groups["key"].Value), "[^/]+")}$"),
                        Days().Match(row.Groups["lifetime"].Value) is { Success: true } days
                            ? double.Parse(days.Groups["days"].Value, System.Globalization.CultureInfo.InvariantCulture)
                            : (double?)null
                    )
                ),
        ];

    private static async ValueTask<List<string>> KeysAsync(ConnectionMultiplexer connection, string pattern = "*")
    {
        var keys = new List<string>();
        await foreach (var key in connection.GetServer(connection.GetEndPoints()[0]).KeysAsync(pattern: pattern))
        {
            keys.Add(key.ToString());
        }

        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    [GeneratedRegex(@"^\| `(?<key>flowgpt/[^`]+)` \|.*\| (?<lifetime>[^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\\\{[^}]+}")]
    private static partial Regex Part();

    [GeneratedRegex(@"^(?<days>\d+) days")]
    private static partial Regex Days();
}
