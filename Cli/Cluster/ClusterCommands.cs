using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Cluster;

/// <summary>All silos.</summary>
internal sealed class ClusterShowCommand(Gateway gateway, Screen screen) : ShowCommand<GatewaySettings, ClusterState>(gateway, screen)
{
    protected override Task<ClusterState> AskAsync(AdminClient admin, GatewaySettings settings, CancellationToken cancellationToken) =>
        admin.Cluster.GetAsync(cancellationToken);

    protected override IRenderable Draw(ClusterState cluster)
    {
        var table = Screen.Table("silo", "!status", "?!version", ">turns", "!drains", "?>activations", "?>cpu %", "?>MiB", "?since");
        foreach (var silo in cluster.Silos)
        {
            table.AddRow(
                Markup.Escape(silo.Id),
                silo.Report is { IsCutOff: true } ? "[red]cut off[/]" : Markup.Escape(silo.Status),
                Markup.Escape(silo.Report is { } report ? report.Version.Split('+')[0] : "does not answer"),
                silo.Report is { } load ? Words.Of(load.TurnsInFlight) : "-",
                silo.Report is { IsDraining: true } ? "[yellow]yes[/]" : "no",
                silo.Activations is { } activations ? Words.Of(activations) : "-",
                silo.CpuPercent is { } cpu ? Words.Of(cpu) : "-",
                silo.MemoryBytes is { } bytes ? Words.Of(bytes >> 20) : "-",
                Words.At(silo.StartedAt)
            );
        }

        return table;
    }
}

internal sealed class ClusterDrainSettings : GatewaySettings
{
    [CommandArgument(0, "<SILO>")]
    [Description("The silo, as 'flowgpt cluster show' names it")]
    public string Silo { get; init; } = "";

    [CommandOption("--resume")]
    [Description("Takes new turns again")]
    public bool Resume { get; init; }
}

/// <summary>Drains a silo, or ends the drain.</summary>
internal sealed class ClusterDrainCommand(Gateway gateway, Screen screen) : GatewayCommand<ClusterDrainSettings>(screen)
{
    protected override async Task<int> RunAsync(ClusterDrainSettings settings, CancellationToken cancellationToken)
    {
        var cluster = gateway.AdminOf(settings).Cluster;
        var drained = settings.Resume
            ? await cluster.ResumeAsync(settings.Silo, cancellationToken)
            : await cluster.DrainAsync(settings.Silo, cancellationToken);
        Screen.Done(drained.Draining ? $"{drained.Silo} takes no new turns." : $"{drained.Silo} takes new turns.");
        return ExitCodes.Done;
    }
}
