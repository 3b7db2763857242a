using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Status;

/// <summary>Pools, and what needs attention. The exit code is 1 when there is a problem.</summary>
internal sealed class StatusCommand(Gateway gateway, Screen screen) : GatewayCommand<GatewaySettings>(screen)
{
    protected override async Task<int> RunAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        var attention = await admin.Live.AttentionAsync(cancellationToken);
        if (settings.Json)
        {
            Screen.Json(attention);
        }
        else
        {
            Screen.Console.Write(PoolTable(await admin.Pools.ListAsync(cancellationToken)));
            Screen.Console.Write(Attention(attention));
        }

        return attention.Items.Any(static one => one.IsProblem) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static FittedTable PoolTable(PoolList pools)
    {
        var table = Screen.Table("pool", ">accounts", ">ready", ">in flight", ">queued", "breaker", "models");
        foreach (var pool in pools.Pools)
        {
            table.AddRow(
                Markup.Escape(pool.Name),
                Words.Of(pool.Accounts),
                Words.Of(pool.Ready),
                Words.Of(pool.Leases),
                Words.Of(pool.Queued),
                pool.BreakerOpen ? "[red]open[/]" : "closed",
                Markup.Escape(string.Join(", ", pool.Models.Take(4)) + (pool.Models.Count > 4 ? $", {pool.Models.Count - 4} more" : ""))
            );
        }

        return table;
    }

    private IRenderable Attention(AttentionList list)
    {
        if (list.Items.Count == 0)
        {
            return new Markup("[green]Nothing needs attention.[/]\n");
        }

        var now = gateway.Machine.Time.GetUtcNow();
        var table = Screen.Table("", "what", "where", "why", "until");
        foreach (var item in list.Items)
        {
            var where = string.Join(
                '/',
                new[] { item.Pool, item.Account, item.KeyName ?? item.KeyId, item.Silo, item.Limit }.Where(static one => one is not null)
            );
            var why = item.Reason is { } reason
                ? $"{reason} {item.Advice}".TrimEnd()
                : (item is { Used: { } used, Most: { } most } ? Words.Bar(used, most) : "");
            table.AddRow(
                item.IsProblem ? "[red]problem[/]" : "[yellow]warning[/]",
                Markup.Escape(item.Kind),
                Markup.Escape(where),
                Markup.Escape(why),
                Words.Within(item.Until, now)
            );
        }

        return table;
    }
}
