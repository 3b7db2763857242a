using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Data.Sqlite;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary>
/// <c>kill -9</c> just after one stored turn was served and during another: both are in the books of the next process, in both modes, although nobody uses
/// the conversations again.
/// </summary>
[Trait("Category", "Process")]
public sealed class UnfinishedTurnTests : IAsyncLifetime
{
    private const string Key = "sk-client-key-of-this-test";

    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                Behaviour = new BehaviourSettings { TokenDelay = TimeSpan.FromMilliseconds(50), ReplyTokens = 20 },
            },
            TestContext.Current.CancellationToken
        );
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = _simulator.IssueToken("a1") }),
        };
        await File.WriteAllTextAsync(_directory.File("accounts.json"), accounts.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public Task Kill_EmbeddedSilo_BooksItsUnfinishedTurnsAtItsNextStart() =>
        KillAndCountAsync(
            new Dictionary<string, string>(),
            () =>
            {
                using var connection = new SqliteConnection(
                    $"Data Source={_directory.File("data/flowgpt.db")};Mode=ReadOnly;Pooling=false"
                );
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT CAST(Payload AS TEXT) FROM GrainState WHERE GrainType = 'ledger'";
                using var reader = command.ExecuteReader();
                var ledgers = new List<string>();
                while (reader.Read())
                {
                    ledgers.Add(reader.GetString(0));
                }

                return Task.FromResult(ledgers);
            }
        );

    [Fact]
    public async Task Kill_SiloOnRedis_BooksItsUnfinishedTurnsAtItsNextStart()
    {
        await using var redis = await RedisProcess.StartAsync(_directory.Path);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var environment = new Dictionary<string, string>
        {
            ["REDIS_CONNECTION"] = redis.Connection,
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = "0",
        };

        await KillAndCountAsync(
            environment,
            async () =>
            {
                var ledgers = new List<string>();
                await foreach (var key in connection.GetServer(redis.Connection).KeysAsync(pattern: "flowgpt/state/usage-ledger/*"))
                {
                    ledgers.Add((await connection.GetDatabase().HashGetAsync(key, "data")).ToString());
                }

                return ledgers;
            }
        );
    }

    private async Task KillAndCountAsync(Dictionary<string, string> environment, Func<Task<List<string>>> ledgers)
    {
        environment["API_MASTER_KEY"] = Key;
        environment["ADMIN_API_KEY"] = Key + "-admin";
        environment["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json");
        environment["FLOWGPT_BASE_URL"] = _simulator.Address.ToString();
        environment["FlowGpt__Conversations__SweepInterval"] = "00:00:01";
        // The usage of the turn that was served is not booked yet when the process dies.
        environment["FlowGpt__Usage__CommitInterval"] = "00:00:10";
        await using (var first = (await SiloProcess.StartAsync(_directory, environment)).UseKey(Key))
        {
            Assert.Equal(200, (await first.ChatAsync("My name is Ada.", "served")).Status);
            using var half = await OpenStreamAsync(first, "half");
            await first.Host.KillAsync();
        }

        Assert.Empty(await ledgers());
        environment["FlowGpt__Usage__CommitInterval"] = "00:00:00.1";
        await using var second = await SiloProcess.StartAsync(_directory, environment);
        var booked = await Soon.Becomes(
            async () => Sum(await ledgers()),
            static totals => totals.Requests >= 2,
            "the turns of the process that was killed are booked"
        );

        Assert.Equal((2, 1), booked);
        Assert.Equal(0, await second.Host.StopAsync());
        Assert.Equal(booked, Sum(await ledgers()));
    }

    private static (long Requests, long Estimated) Sum(List<string> ledgers)
    {
        var totals = ledgers.ConvertAll(static ledger => JsonNode.Parse(ledger)!["Totals"]!);
        return (totals.Sum(static total => (long)total["Requests"]!), totals.Sum(static total => (long)total["Estimated"]!));
    }

    // Returns when the reply has begun.
    private static async Task<HttpResponseMessage> OpenStreamAsync(SiloProcess silo, string conversation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"Tell me of the sea."}]}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("X-Conversation-Id", conversation);
        var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
        return response;
    }
}
