using FlowGpt.Admin.Contracts;
using FlowGpt.Cli.Output;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Connections;

/// <summary>A command that asks the admin API once and prints the answer: drawn for people, as JSON for scripts.</summary>
internal abstract class ShowCommand<TSettings, TAnswer>(Gateway gateway, Screen screen) : GatewayCommand<TSettings>(screen)
    where TSettings : GatewaySettings
{
    protected Gateway Gateway => gateway;

    protected abstract Task<TAnswer> AskAsync(AdminClient admin, TSettings settings, CancellationToken cancellationToken);

    protected abstract IRenderable Draw(TAnswer answer);

    protected sealed override async Task<int> RunAsync(TSettings settings, CancellationToken cancellationToken)
    {
        Screen.Show(await AskAsync(gateway.AdminOf(settings), settings, cancellationToken), settings.Json, Draw);
        return ExitCodes.Done;
    }
}
