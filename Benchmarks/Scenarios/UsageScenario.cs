using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using Orleans.Core.Internal;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a usage query takes, by how many requests are recorded, and what booking a request takes. The books are filled through the ledgers' own grains with
/// made-up events in batches, not over HTTP; the roll-ups get them as always.
/// </summary>
internal sealed class UsageScenario : IScenario
{
    public const string Name = "usage";

    private const int Keys = 20;
    private const int Hours = 24;
    private const int Models = 3;
    private const int Accounts = 10;
    private const int Batch = 2_000;
    private const int Queries = 300;
    private const int Booked = 40_000;

    private static readonly string[] ModelNames = [.. Enumerable.Range(0, Models).Select(static i => $"model-{i}")];
    private static readonly string[] AccountNames = [.. Enumerable.Range(0, Accounts).Select(static i => $"account-{i}")];

    private static readonly (string What, string Path)[] Asked =
    [
        ("a day, one sum", "/admin/usage?bucket_width=1d"),
        ("a day by key, model, account", "/admin/usage?bucket_width=1d&group_by=api_key_id&group_by=model&group_by=account"),
        ("24 hours, one sum each", "/admin/usage?bucket_width=1h"),
        ("24 hours by key and model", "/admin/usage?bucket_width=1h&group_by=api_key_id&group_by=model"),
        ("OpenAI's, a day by model", "/v1/organization/usage/completions?group_by=model"),
    ];

    private readonly DateTimeOffset _day = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private readonly Random _random = new(1);
    private long _made;

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var host = await UsageHost.StartAsync(cancellationToken);
        var table = new MarkdownTable("recorded", "query", "p50 ms", "p99 ms", "CPU ms", "answer KiB");
        var worst = 0.0;
        foreach (var total in (long[])[10_000, 100_000, 1_000_000, 10_000_000])
        {
            if (total > (options.Requests ?? long.MaxValue))
            {
                break;
            }

            await FillAsync(host, total - _made, cancellationToken);
            foreach (var (what, path) in Asked)
            {
                var (p50, p99, cpu, kibibytes) = await QueryAsync(host, path, cancellationToken);
                worst = Math.Max(worst, p99);
                table.Add(
                    total.ToString("N0", CultureInfo.InvariantCulture),
                    what,
                    BenchmarkReport.Text(p50),
                    BenchmarkReport.Text(p99),
                    BenchmarkReport.Text(cpu),
                    BenchmarkReport.Text(kibibytes, "0")
                );
            }
        }

        await report.WriteAsync(
            $"Usage queries over HTTP: {Keys} keys x {Hours} hours x {Models} models x {Accounts} accounts, {Queries} queries each",
            table
        );
        report.Add(new Bar("ms of a usage query, p99, worst", 50, worst));
        await BookAsync(host, report, cancellationToken);
    }

    private async Task FillAsync(UsageHost host, long events, CancellationToken cancellationToken)
    {
        var ledgers = Keys * Hours;
        for (var ledger = 0; ledger < ledgers; ledger++)
        {
            var (key, hour) = ($"key-{ledger / Hours:00}", ledger % Hours);
            var share = (events * (ledger + 1) / ledgers) - (events * ledger / ledgers);
            var grain = host.Grains.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(key, _day.AddHours(hour)));
            var calls = new List<Task>();
            for (var left = share; left > 0; left -= Batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                calls.Add(grain.RecordAll([.. Enumerable.Range(0, (int)Math.Min(left, Batch)).Select(_ => Event(key, hour))]).AsTask());
            }

            await Task.WhenAll(calls);
            _made += share;
            // It tells its roll-up as it leaves, and takes what it remembers of ids with it.
            await grain.Cast<IGrainManagementExtension>().DeactivateOnIdle(cancellationToken);
        }

        // The roll-up has all of it.
        while (await RecordedAsync(host, cancellationToken) != _made)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }

    private async Task<long> RecordedAsync(UsageHost host, CancellationToken cancellationToken)
    {
        var page = JsonNode.Parse(await host.Client.GetStringAsync(Within("/admin/usage?bucket_width=total"), cancellationToken))!;
        return page["data"]![0]!["results"]!.AsArray().Sum(static one => (long)one!["requests"]!);
    }

    private async Task<(double P50, double P99, double Cpu, double Kibibytes)> QueryAsync(
        UsageHost host,
        string path,
        CancellationToken cancellationToken
    )
    {
        var times = new double[Queries];
        var bytes = 0;
        using var process = Process.GetCurrentProcess();
        var cpu = TimeSpan.Zero;
        for (var i = -Queries / 10; i < Queries; i++)
        {
            if (i == 0)
            {
                process.Refresh();
                cpu = process.TotalProcessorTime;
            }

            var started = Stopwatch.GetTimestamp();
            bytes = (await host.Client.GetByteArrayAsync(Within(path), cancellationToken)).Length;
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }

        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        Array.Sort(times);
        return (times[Queries / 2], times[Queries * 99 / 100], cpu.TotalMilliseconds / Queries, bytes / 1024.0);
    }

    /// <summary>Paced as turns end, 2,000 a second, through the recorder that the turns use.</summary>
    private async Task BookAsync(UsageHost host, BenchmarkReport report, CancellationToken cancellationToken)
    {
        const int AtOnce = 40;
        var events = Enumerable.Range(0, Booked).Select(_ => Event("key-paced", 0)).ToImmutableArray();
        var ledger = host.Grains.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf("key-paced", _day));
        using var process = Process.GetCurrentProcess();
        GC.Collect();
        process.Refresh();
        var before = process.TotalProcessorTime;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var at = 0; at < Booked; at += AtOnce)
        {
            foreach (var usage in events.AsSpan(at, AtOnce))
            {
                host.Recorder.Record(usage);
            }

            await pace.WaitForNextTickAsync(cancellationToken);
        }

        while ((await ledger.GetTotals()).Requests < Booked)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        process.Refresh();
        var perThousand = (process.TotalProcessorTime - before).TotalSeconds * 1000 / Booked;
        var table = new MarkdownTable("booking", "events", "CPU s/1000");
        table.Add(
            "recorder, ledger, its writes and roll-up",
            Booked.ToString("N0", CultureInfo.InvariantCulture),
            BenchmarkReport.Text(perThousand, "0.0000")
        );
        await report.WriteAsync("Booking, 2,000 events a second on one ledger, its host's own work included", table);
        report.Add(new Bar("CPU s/1000 booked events", 0.1, perThousand));
    }

    private string Within(string path) =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}start_time={_day.ToUnixTimeSeconds()}&end_time={_day.AddDays(1).ToUnixTimeSeconds()}";

    private UsageEvent Event(string key, int hour)
    {
        var account = AccountNames[_random.Next(Accounts)];
        var first = TimeSpan.FromSeconds(0.2 + (_random.NextDouble() * _random.NextDouble() * 3));
        return new UsageEvent(
            $"chatcmpl-{UInt128.CreateTruncating(_random.NextInt64()) << 64 | (ulong)_random.NextInt64():x32}",
            key,
            ModelNames[_random.Next(Models)],
            account,
            _day.AddHours(hour),
            new TokenUsage(_random.Next(20, 2000), _random.Next(1, 500), 0),
            _random.Next(50) == 0 ? TurnErrorKind.UpstreamFailed : null,
            false,
            first,
            first * 4,
            Calls: [account]
        );
    }
}
