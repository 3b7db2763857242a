using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Audit;

internal sealed class AuditSettings : GatewaySettings
{
    [CommandOption("-n|--limit <COUNT>")]
    [Description("Most entries")]
    public int Limit { get; init; } = 50;

    [CommandOption("--before <ID>")]
    [Description("Entries before this one")]
    public string? Before { get; init; }
}

/// <summary>Operators' actions, newest first.</summary>
internal sealed class AuditCommand(Gateway gateway, Screen screen) : ShowCommand<AuditSettings, AuditPage>(gateway, screen)
{
    protected override Task<AuditPage> AskAsync(AdminClient admin, AuditSettings settings, CancellationToken cancellationToken) =>
        admin.Audit.ListAsync(settings.Before, settings.Limit, cancellationToken);

    protected override IRenderable Draw(AuditPage page)
    {
        var table = Screen.Table("at", "?who", "what", ">status", "?from");
        foreach (var one in page.Entries)
        {
            table.AddRow(
                Words.At(one.At),
                Markup.Escape(one.Who),
                Markup.Escape($"{one.Method} {one.Target}"),
                one.Status is { } status ? Words.Of(status) : "-",
                Markup.Escape(one.Address ?? "-")
            );
        }

        return table;
    }
}
