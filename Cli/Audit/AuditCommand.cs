using System.ComponentModel;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

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

/// <summary>What operators did, newest first.</summary>
internal sealed class AuditCommand(Gateway gateway, Screen screen) : GatewayCommand<AuditSettings>(screen)
{
    protected override async Task<int> RunAsync(AuditSettings settings, CancellationToken cancellationToken)
    {
        var page = await gateway.AdminOf(settings).Audit.ListAsync(settings.Before, settings.Limit, cancellationToken);
        Screen.Show(
            page,
            settings.Json,
            static page =>
            {
                var table = Screen.Table("at", "who", "what", ">status", "from");
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
        );
        return ExitCodes.Done;
    }
}
