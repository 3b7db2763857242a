using System.ComponentModel;
using System.Globalization;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Usage;

internal sealed class UsageSettings : GatewaySettings
{
    [CommandOption("--from <TIME>")]
    [Description("Begin, such as 2026-11-01 or 2026-11-01T08:00Z; otherwise 24 hours ago")]
    public string? From { get; init; }

    [CommandOption("--to <TIME>")]
    [Description("End; otherwise now")]
    public string? To { get; init; }

    [CommandOption("--by <WHAT>")]
    [Description("Splits by key, model or account; may be repeated")]
    public string[] By { get; init; } = [];

    [CommandOption("--width <WIDTH>")]
    [Description("One row for each 1h or 1d; otherwise one for the whole time")]
    public string? Width { get; init; }
}

/// <summary>Sums of requests and tokens.</summary>
internal sealed class UsageCommand(Gateway gateway, Screen screen) : GatewayCommand<UsageSettings>(screen)
{
    protected override async Task<int> RunAsync(UsageSettings settings, CancellationToken cancellationToken)
    {
        var now = gateway.Machine.Time.GetUtcNow();
        var request = new UsageRequest
        {
            Start = TimeOf(settings.From, "--from") ?? now.AddDays(-1),
            End = TimeOf(settings.To, "--to"),
            GroupBy = [.. settings.By.Select(GroupOf)],
            BucketWidth = settings.Width,
        };
        var usage = gateway.AdminOf(settings).Usage;
        var table = Screen.Table(
            "from",
            "key",
            "model",
            "account",
            ">requests",
            ">errors",
            ">in",
            "?>cached",
            ">out",
            "?>first p95",
            "?>total p95"
        );
        while (true)
        {
            var report = await usage.GetAsync(request, cancellationToken);
            if (settings.Json)
            {
                Screen.Json(report);
            }

            Add(table, report);
            if (report.NextPage is not { } next)
            {
                break;
            }

            request = request with { Page = next };
        }

        if (!settings.Json)
        {
            Screen.Console.Write(table);
        }

        return ExitCodes.Done;
    }

    private static void Add(FittedTable table, UsageReport report)
    {
        foreach (var stretch in report.Data)
        {
            foreach (var sum in stretch.Results)
            {
                table.AddRow(
                    Words.At(stretch.Start),
                    Markup.Escape(sum.ApiKeyId ?? ""),
                    Markup.Escape(sum.Model ?? ""),
                    Markup.Escape(sum.Account ?? ""),
                    Words.Of(sum.Requests),
                    Words.Of(sum.Errors),
                    Words.Of(sum.InputTokens),
                    Words.Of(sum.CachedInputTokens),
                    Words.Of(sum.OutputTokens),
                    Words.Seconds(sum.TimeToFirstTokenSeconds.P95),
                    Words.Seconds(sum.LatencySeconds.P95)
                );
            }
        }
    }

    private static string GroupOf(string what) =>
        what switch
        {
            "key" or "api_key_id" => "api_key_id",
            "model" or "account" => what,
            _ => throw new UsageException($"--by: '{what}' is no group. Give key, model or account."),
        };

    private static DateTimeOffset? TimeOf(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new UsageException($"{option}: '{text}' is no time. Give one such as 2026-11-01 or 2026-11-01T08:00Z.");
}
