using System.Text;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Telemetry;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>A whole run of one process, its data in SQLite, scanned for what was planted in it.</summary>
[Trait("Category", "Process")]
public sealed class EmbeddedSecrecyTests
{
    [Fact]
    public async Task Run_WithPlantedSecretsAndTexts_GivesNoneAway()
    {
        using var directory = new TemporaryDirectory();
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        await using var receiver = await OtlpReceiver.StartAsync();
        var scanner = Planted.NewScanner();
        var accounts = Planted.AccountsFile(simulator, scanner);
        await File.WriteAllTextAsync(directory.File("accounts.json"), accounts);
        var environment = new Dictionary<string, string>(receiver.Settings)
        {
            ["API_MASTER_KEY"] = Planted.MasterKey,
            ["ADMIN_API_KEY"] = Planted.AdminKey,
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Logging__Level"] = "Verbose",
            ["FlowGpt__Frontend__OrleansDashboard"] = "true",
            ["FlowGpt__Conversations__MaxQueueWait"] = "00:00:00.5",
        };
        await using var silo = await SiloProcess.StartAsync(directory, environment);
        var run = new PlantedRun(silo.Http, scanner);

        await run.DriveAsync();
        await BreakAccountsAsync(silo.Host, directory.File("accounts.json"), accounts);
        await receiver.ExportedAsync(Planted.CanaryAccount);
        // A kill leaves the write-ahead log in place.
        await silo.Host.KillAsync();

        run.Scan();
        scanner.Scan("the log", silo.Host.Output);
        foreach (var body in receiver.Bodies)
        {
            scanner.Scan("what was pushed by OTLP", body);
        }

        var rows = ScanDatabase(directory.File("data/flowgpt.db"), scanner);
        ScanFiles(directory.File("data"), scanner);
        scanner.AssertNothingFound();
        AssertCanaries(silo.Host, run, receiver, rows, directory.File("data"));
    }

    // A mistake in the file is logged, while the file is full of tokens.
    private static async Task BreakAccountsAsync(ProcessHost host, string file, string accounts)
    {
        foreach (
            var broken in (string[])
                [
                    accounts[..^5] + Planted.TokenInBrokenFile,
                    $$"""{"accounts":[{"name":"x","bearerToken":{"wrong":"{{Planted.TokenInBrokenFile}}"} }]}""",
                    $$"""{"accounts":[{"name":"x","bearerToken":"{{Planted.TokenInBrokenFile}} with spaces","deviceId":"{{Planted.DeviceId}} too"}]}""",
                ]
        )
        {
            var before = Complaints(host.Output);
            await File.WriteAllTextAsync(file, broken);
            await host.WaitForOutputAsync(output => Complaints(output) > before ? output : null, "it complained of the accounts");
        }
    }

    private static int Complaints(string output) => output.Split("The accounts stay as they were").Length;

    /// <summary>Row by row: only the records of conversations may hold conversations' texts.</summary>
    private static List<string> ScanDatabase(string path, SecretScanner scanner)
    {
        var copy = path + ".copy";
        File.Copy(path, copy);
        File.Copy(path + "-wal", copy + "-wal");
        var rows = new List<string>();
        using (var connection = new SqliteConnection($"Data Source={copy};Pooling=false"))
        {
            connection.Open();
            foreach (var table in Column(connection, "SELECT name FROM sqlite_master WHERE type = 'table'"))
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT * FROM \"{table}\"";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    var row = string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => TextOf(reader.GetValue(i))));
                    scanner.Scan(
                        $"a row of {table}",
                        row,
                        row.Contains("|conversation|", StringComparison.Ordinal) ? Planted.StoredTexts : null
                    );
                    rows.Add(row);
                }
            }
        }

        Array.ForEach(Directory.GetFiles(Path.GetDirectoryName(copy)!, "*.copy*"), File.Delete);
        return rows;
    }

    /// <summary>Byte by byte, data included that was deleted and not yet overwritten.</summary>
    private static void ScanFiles(string directory, SecretScanner scanner)
    {
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            scanner.Scan(file, File.ReadAllBytes(file), Planted.StoredTexts);
        }
    }

    private static void AssertCanaries(ProcessHost host, PlantedRun run, OtlpReceiver receiver, List<string> rows, string data)
    {
        Assert.True(SecretScanner.Finds(Planted.CanaryAccount, Encoding.UTF8.GetBytes(host.Output)));
        Assert.Contains("\"@l\":\"Debug\"", host.Output, StringComparison.Ordinal);
        Assert.Contains(receiver.Bodies, static body => SecretScanner.Finds(Planted.CanaryAccount, body));
        Assert.Contains(
            run.Answers,
            static answer => answer.Request == "metrics" && SecretScanner.Finds(Planted.CanaryAccount, answer.Body)
        );
        Assert.Contains(
            run.Answers,
            static answer => answer.Request == "GET /admin/pools/{pool}" && SecretScanner.Finds(Planted.CanaryAccount, answer.Body)
        );
        Assert.Contains(
            run.Answers,
            static answer => answer is { Request: "GET /admin/keys", Status: 200 } && SecretScanner.Finds("canary-key", answer.Body)
        );
        Assert.Contains(run.Answers, static answer => answer is { Request: "dashboard DashboardCounters", Status: 200 });
        Assert.Contains(run.Answers, static answer => answer.Status == 404 && SecretScanner.Finds(Planted.CanaryModel, answer.Body));
        Assert.Contains(rows, static row => row.Contains(Planted.CanaryAccount, StringComparison.Ordinal));
        Assert.Contains(rows, static row => row.Contains(Planted.StoredPrompt, StringComparison.Ordinal));
        Assert.Contains(
            Directory.GetFiles(data, "flowgpt.db*"),
            static file => SecretScanner.Finds(Planted.StoredPrompt, File.ReadAllBytes(file))
        );
    }

    private static List<string> Column(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private static string TextOf(object value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value.ToString() ?? "";
}
