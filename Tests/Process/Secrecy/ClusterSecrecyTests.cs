using System.Text;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Telemetry;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>A whole run of a split cluster on a real Redis that asks for a password, scanned for what was planted in it.</summary>
[Trait("Category", "Process")]
public sealed class ClusterSecrecyTests
{
    [Fact]
    public async Task Run_WithPlantedSecretsAndTexts_GivesNoneAway()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await RedisRecords.ProtectAsync(redis.Connection, Planted.RedisPassword);
        var connection = $"{redis.Connection},password={Planted.RedisPassword}";
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        await using var receiver = await OtlpReceiver.StartAsync();
        var scanner = Planted.NewScanner();
        await File.WriteAllTextAsync(directory.File("accounts.json"), Planted.AccountsFile(simulator, scanner));
        var environment = new Dictionary<string, string>(receiver.Settings)
        {
            ["REDIS_CONNECTION"] = connection,
            ["API_MASTER_KEY"] = Planted.MasterKey,
            ["ADMIN_API_KEY"] = Planted.AdminKey,
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Logging__Level"] = "Verbose",
            ["FlowGpt__Conversations__MaxQueueWait"] = "00:00:00.5",
            ["FlowGpt__Silo__Api"] = "false",
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
        };
        await using var silo = await SiloProcess.StartAsync(directory, environment);
        await using var api = await ApiProcess.StartAsync(directory.Path, environment);
        var run = new PlantedRun(api.Http, scanner);

        await run.DriveAsync();
        var metrics = await silo.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        await receiver.ExportedAsync(Planted.CanaryAccount);
        // Processes write log lines also without their Redis.
        var records = await RedisRecords.ReadAsync(connection);
        await redis.Host.KillAsync();
        await run.AskOnceMoreAsync();
        await silo.Host.KillAsync();
        await api.Host.KillAsync();

        run.Scan();
        scanner.Scan("the silo's log", silo.Host.Output);
        scanner.Scan("the API's log", api.Host.Output);
        scanner.Scan("the silo's metrics", metrics);
        foreach (var body in receiver.Bodies)
        {
            scanner.Scan("what was pushed by OTLP", body);
        }

        foreach (var (key, value) in records)
        {
            scanner.Scan("a Redis key", key);
            scanner.Scan($"the value of {key}", value, key.Contains("/c/", StringComparison.Ordinal) ? Planted.StoredTexts : null);
        }

        // Data that Redis has deleted may still be in its file.
        foreach (var file in Directory.GetFiles(directory.File("appendonlydir")))
        {
            scanner.Scan(file, await File.ReadAllBytesAsync(file), Planted.StoredTexts);
        }

        scanner.AssertNothingFound();
        Assert.True(SecretScanner.Finds(Planted.CanaryAccount, Encoding.UTF8.GetBytes(api.Host.Output)));
        Assert.Contains("\"@l\":\"Debug\"", silo.Host.Output, StringComparison.Ordinal);
        Assert.True(SecretScanner.Finds(Planted.CanaryAccount, Encoding.UTF8.GetBytes(metrics)));
        Assert.Contains(receiver.Bodies, static body => SecretScanner.Finds(Planted.CanaryAccount, body));
        Assert.Contains(records, static record => SecretScanner.Finds(Planted.CanaryAccount, record.Value));
        Assert.Contains(records, static record => SecretScanner.Finds(Planted.StoredPrompt, record.Value));
        Assert.Contains(
            Directory.GetFiles(directory.File("appendonlydir")),
            static file => SecretScanner.Finds(Planted.StoredPrompt, File.ReadAllBytes(file))
        );
    }
}
