using System.Text.Json.Nodes;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Tests.Process.Embedded;

/// <summary>The embedded mode as users run it: acknowledged data survive <c>kill -9</c>.</summary>
[Trait("Category", "Process")]
public sealed class EmbeddedDurabilityTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;

    public async ValueTask InitializeAsync() =>
        _simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Kill_AfterAStoredTurn_KeepsTheConversationTheKeysAndTheUsage()
    {
        var environment = Environment(("a1", 1000));
        await using (var first = (await SiloProcess.StartAsync(_directory, environment)).UseGeneratedKey(_directory))
        {
            Assert.Equal(200, (await first.ChatAsync("My name is Ada Lovelace.", "talk")).Status);
            await first.Host.KillAsync();
        }

        var keys = Keys();
        await using var second = (await SiloProcess.StartAsync(_directory, environment)).UseGeneratedKey(_directory);
        var (status, body) = await second.ChatAsync("And what is it?", "talk");
        Assert.Equal(200, status);
        Assert.Equal(keys, Keys());
        Assert.True((int)body["usage"]!["prompt_tokens"]! > await AloneAsync(second, "And what is it?"));
        Assert.Equal(0, await second.Host.StopAsync());
        // Two turns of the conversation and one turn without a conversation.
        Assert.Equal(3, BookedRequests());
    }

    [Fact]
    public async Task Kill_WithAWindowPartlyUsed_NeverExceedsTheLimitAndRefusesWithA429()
    {
        const int Limit = 4;
        _simulator.Truth.IssueToken("a1");
        _simulator.Truth.ConfigureAccount("a1", new AccountSettings { Limits = new AccountLimits { RequestsPerHour = Limit } });
        var environment = new Dictionary<string, string>(Environment(("a1", Limit)))
        {
            // Longer than the pool itself needs to begin, far shorter than until the window frees.
            ["FlowGpt__Conversations__MaxQueueWait"] = "00:00:05",
        };
        await using (var first = (await SiloProcess.StartAsync(_directory, environment)).UseGeneratedKey(_directory))
        {
            Assert.Equal(200, (await first.ChatAsync("one")).Status);
            Assert.Equal(200, (await first.ChatAsync("two")).Status);
            await first.Host.KillAsync();
        }

        await using var second = (await SiloProcess.StartAsync(_directory, environment)).UseGeneratedKey(_directory);
        var statuses = new List<int>();
        for (var i = 0; i <= Limit; i++)
        {
            statuses.Add((await second.ChatAsync($"again {i}")).Status);
        }

        Assert.Equal(200, statuses[0]);
        Assert.Contains(429, statuses);
        Assert.All(statuses, static status => Assert.True(status is 200 or 429));
        Assert.InRange(_simulator.Truth.Account("a1").ChatRequests, 2, Limit);
        Assert.Equal(0, _simulator.Truth.Account("a1").TotalViolations);
    }

    [Fact]
    public async Task Logs_OfAWholeRun_HoldNoKeyTokenOrText()
    {
        var environment = new Dictionary<string, string>(Environment(("a1", 1000))) { ["FlowGpt__Logging__Level"] = "Debug" };
        await using var silo = (await SiloProcess.StartAsync(_directory, environment)).UseGeneratedKey(_directory);
        Assert.Equal(200, (await silo.ChatAsync("xylophone marmalade", "talk")).Status);
        Assert.Equal(401, (await WithWrongKeyAsync(silo, "sk-wrong-but-secret-all-the-same")));
        await silo.Host.StopAsync();

        var token = (string)JsonNode.Parse(File.ReadAllText(_directory.File("accounts.json")))!["accounts"]![0]!["bearerToken"]!;
        foreach (var secret in (string[])[.. Keys(), token, "xylophone", "sk-wrong-but-secret"])
        {
            Assert.DoesNotContain(secret, silo.Host.Output, StringComparison.Ordinal);
        }
    }

    private static async Task<int> AloneAsync(SiloProcess silo, string text) =>
        (int)(await silo.ChatAsync(text)).Body["usage"]!["prompt_tokens"]!;

    private static async Task<int> WithWrongKeyAsync(SiloProcess silo, string key) =>
        (await silo.UseKey(key).ChatAsync("never sent")).Status;

    private string[] Keys() =>
        [File.ReadAllText(_directory.File("data/api-key")).Trim(), File.ReadAllText(_directory.File("data/admin-key")).Trim()];

    private Dictionary<string, string> Environment(params (string Name, int RequestsPerHour)[] accounts)
    {
        var file = _directory.File("accounts.json");
        var entries = accounts.Select(account =>
            (JsonNode)
                new JsonObject
                {
                    ["name"] = account.Name,
                    ["bearerToken"] = _simulator.IssueToken(account.Name),
                    ["limits"] = new JsonObject { ["requestsPerHour"] = account.RequestsPerHour },
                }
        );
        File.WriteAllText(file, new JsonObject { ["accounts"] = new JsonArray([.. entries]) }.ToJsonString());
        return new Dictionary<string, string> { ["FLOWGPT_ACCOUNTS_FILE"] = file, ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString() };
    }

    private long BookedRequests()
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File("data/flowgpt.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT SUM(json_extract(CAST(Payload AS TEXT), '$.Totals.Requests')) FROM GrainState WHERE GrainType = 'ledger'";
        return (long)command.ExecuteScalar()!;
    }
}
