using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Models;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Routes;

/// <summary>All model names.</summary>
internal sealed class RouteListCommand(Gateway gateway, Screen screen) : ShowCommand<GatewaySettings, ModelList>(gateway, screen)
{
    protected override Task<ModelList> AskAsync(AdminClient admin, GatewaySettings settings, CancellationToken cancellationToken) =>
        admin.Models.ListAsync(cancellationToken);

    protected override IRenderable Draw(ModelList list)
    {
        var table = Screen.Table("model", "targets", "?!from", "?>context", "!presence");
        foreach (var one in list.Models)
        {
            table.AddRow(
                Markup.Escape(one.Model.Id),
                Markup.Escape(
                    string.Join('\n', one.Model.Targets.Select(static target => $"{target.Order}: {target.Pool}/{target.Model}"))
                ),
                Markup.Escape(one.Origin),
                one.Model.ContextWindow is { } window ? Words.Of(window) : "-",
                Markup.Escape(one.Presence)
            );
        }

        return table;
    }
}

internal sealed class RouteSetSettings : GatewaySettings
{
    [CommandArgument(0, "<MODEL>")]
    [Description("The name that clients use")]
    public string Model { get; init; } = "";

    [CommandOption("-t|--target <POOL/MODEL>")]
    [Description("What serves it; repeated targets are tried in this order")]
    public string[] Targets { get; init; } = [];

    [CommandOption("--context <TOKENS>")]
    [Description("Most tokens of prompt and reply together")]
    public int? Context { get; init; }
}

/// <summary>Adds or replaces a model name.</summary>
internal sealed class RouteSetCommand(Gateway gateway, Screen screen) : GatewayCommand<RouteSetSettings>(screen)
{
    protected override async Task<int> RunAsync(RouteSetSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Targets.Length == 0)
        {
            throw new UsageException("Give at least one --target POOL/MODEL.");
        }

        var model = new ModelSettings { Targets = [.. settings.Targets.Select(TargetOf)], ContextWindow = settings.Context };
        var put = await gateway.AdminOf(settings).Models.PutAsync(settings.Model, model, cancellationToken);
        if (settings.Json)
        {
            Screen.Json(put);
        }
        else
        {
            Screen.Done(
                $"{put.Model.Id} is served by {string.Join(", then ", put.Model.Targets.Select(static one => $"{one.Pool}/{one.Model}"))}."
            );
        }

        return ExitCodes.Done;
    }

    private static ModelTarget TargetOf(string text, int order) =>
        text.IndexOf('/', StringComparison.Ordinal) is var at and > 0 && at < text.Length - 1
            ? new ModelTarget(text[..at], text[(at + 1)..]) { Order = order }
            : throw new UsageException($"'{text}' is not of the form POOL/MODEL.");
}

internal sealed class RouteRemoveSettings : GatewaySettings
{
    [CommandArgument(0, "<MODEL>")]
    [Description("The name that clients use")]
    public string Model { get; init; } = "";
}

/// <summary>Removes a model name that was added.</summary>
internal sealed class RouteRemoveCommand(Gateway gateway, Screen screen) : GatewayCommand<RouteRemoveSettings>(screen)
{
    protected override async Task<int> RunAsync(RouteRemoveSettings settings, CancellationToken cancellationToken)
    {
        var removed = await gateway.AdminOf(settings).Models.RemoveAsync(settings.Model, cancellationToken);
        Screen.Done($"{removed.Model} is removed.");
        return ExitCodes.Done;
    }
}
