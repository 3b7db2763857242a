using System.ComponentModel;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Status;

internal sealed class TopSettings : GatewaySettings
{
    [CommandOption("-n|--samples <COUNT>")]
    [Description("Ends after so many samples; otherwise Ctrl+C ends it")]
    public int? Samples { get; init; }
}

/// <summary>The live feed as a table that is drawn again with each sample, or as one JSON object a line.</summary>
internal sealed class TopCommand(Gateway gateway, Screen screen) : GatewayCommand<TopSettings>(screen)
{
    protected override async Task<int> RunAsync(TopSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Samples is < 1)
        {
            throw new UsageException("--samples must be at least 1.");
        }

        var samples = SamplesAsync(settings, cancellationToken);
        if (settings.Json || !Screen.Console.Profile.Capabilities.Ansi)
        {
            await foreach (var sample in samples)
            {
                if (settings.Json)
                {
                    Screen.Json(sample);
                }
                else
                {
                    Screen.Console.Write(Draw(sample));
                }
            }

            return ExitCodes.Done;
        }

        await Screen
            .Console.Live(new Text("Waiting for the first sample"))
            .AutoClear(false)
            .StartAsync(async live =>
            {
                await foreach (var sample in samples)
                {
                    live.UpdateTarget(Draw(sample));
                }
            });
        return ExitCodes.Done;
    }

    private async IAsyncEnumerable<LiveSample> SamplesAsync(
        TopSettings settings,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var left = settings.Samples ?? int.MaxValue;
        await foreach (var live in gateway.AdminOf(settings).Live.ListenAsync(cancellationToken))
        {
            if (live.Sample is { } sample)
            {
                yield return sample;
                if (--left == 0)
                {
                    yield break;
                }
            }
        }
    }

    private static Rows Draw(LiveSample sample)
    {
        var rates = Screen.Table(">req/s", ">failed/s", ">in/s", ">out/s", ">active", ">queued", ">first p50", ">first p95", ">total p95");
        rates.AddRow(
            Words.Of(sample.RequestsPerSecond),
            Words.Of(sample.FailedPerSecond),
            Words.Of(sample.InputTokensPerSecond),
            Words.Of(sample.OutputTokensPerSecond),
            Words.Of(sample.Active),
            Words.Of(sample.Queued),
            Words.Seconds(sample.TimeToFirstTokenSeconds.P50),
            Words.Seconds(sample.TimeToFirstTokenSeconds.P95),
            Words.Seconds(sample.DurationSeconds.P95)
        );
        var pools = Screen.Table("pool", ">accounts", ">in flight", ">queued", "breaker", "states");
        foreach (var pool in sample.Pools)
        {
            pools.AddRow(
                Markup.Escape(pool.Name),
                Words.Of(pool.Accounts),
                Words.Of(pool.Leases),
                Words.Of(pool.Queued),
                pool.BreakerOpen ? "[red]open[/]" : "closed",
                string.Join(' ', pool.States.Select(static one => $"{Words.State(one.Key)} {Words.Of(one.Value)}"))
            );
        }

        List<IRenderable> parts = [new Markup($"[grey]{Words.At(sample.At)}, frontends: {sample.Frontends}[/]"), rates, pools];
        if (sample.Errors.Count > 0)
        {
            parts.Add(
                new Text("Errors of the last minute: " + string.Join(", ", sample.Errors.Select(static one => $"{one.Key} {one.Value}")))
            );
        }

        return new Rows(parts);
    }
}
