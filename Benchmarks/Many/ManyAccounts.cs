using System.Globalization;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Many;

/// <summary>How long after its file was replaced 20,000 accounts, and then a change of one line, are in force.</summary>
internal static class ManyAccounts
{
    private const int Accounts = 20_000;
    private const int Changes = 10;

    private static readonly TimeSpan Ask = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task MeasureAsync(
        SimulatorProcess simulator,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        var few = new GatewaySettings(GatewaySettings.History) { Limited = true, Variables = options.Variables };
        var many = few with { Accounts = Accounts };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, few, cancellationToken);
        using var admin = gateway.NewAdmin();
        var file = AccountsFile.Content(many);
        await UntilAsync(admin, "accounts?limit=1", answer => (int?)answer["total"] == few.Accounts, cancellationToken);
        var cpu = gateway.Usage.CpuSeconds();
        gateway.ReplaceAccounts(file);
        var all = await UntilAsync(admin, "accounts?limit=1", answer => (int?)answer["total"] == Accounts, cancellationToken);
        await Meter.RestAsync(gateway.Usage, cancellationToken);
        var allCpu = gateway.Usage.CpuSeconds() - cpu;

        var last = $"\"name\":\"{AccountsFile.NameOf(Accounts)}\"";
        var changes = new List<double>();
        cpu = gateway.Usage.CpuSeconds();
        for (var change = 0; change < Changes; change++)
        {
            var disabled = change % 2 == 0;
            gateway.ReplaceAccounts(disabled ? file.Replace(last, $"{last},\"enabled\":false", StringComparison.Ordinal) : file);
            changes.Add(
                await UntilAsync(
                    admin,
                    $"accounts/{AccountsFile.NameOf(Accounts)}",
                    answer => (string?)answer["account"]?["state"] is { } state && (state == "Disabled") == disabled,
                    cancellationToken
                )
            );
        }

        var change1 = new Spread(changes);
        var table = new MarkdownTable("accounts file", "KiB", "in force after s", "CPU s");
        var size = (file.Length / 1024).ToString("N0", CultureInfo.InvariantCulture);
        table.Add($"{Accounts} accounts in the place of {few.Accounts}", size, BenchmarkReport.Text(all), BenchmarkReport.Text(allCpu));
        table.Add("one line of it changed", size, change1.Text(), BenchmarkReport.Text((gateway.Usage.CpuSeconds() - cpu) / Changes));
        await report.WriteAsync("A large accounts file", table);
        report.Add(new Bar($"s until an accounts file of {Accounts} is in force", 5, all));
        report.Add(new Bar("s until a change of one line is in force, median", 1, change1.Median));
        report.Add(new Bar("s until a change of one line is in force, most", 1, change1.Most));
    }

    private static async Task<double> UntilAsync(
        HttpClient admin,
        string path,
        Func<JsonNode, bool> isThere,
        CancellationToken cancellationToken
    )
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = JsonNode.Parse(await admin.GetStringAsync($"/admin/pools/flowgpt/{path}", cancellationToken))!;
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            if (isThere(answer))
            {
                return elapsed.TotalSeconds;
            }

            if (elapsed > Deadline)
            {
                throw new TimeoutException($"{path} did not become what the file says: {answer}");
            }

            await Task.Delay(Ask, TimeProvider.System, cancellationToken);
        }
    }
}
