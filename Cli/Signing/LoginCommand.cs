using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Signing;

internal sealed class LoginSettings : GatewaySettings
{
    [CommandOption("--client")]
    [Description("Keeps a client's key, for chat, instead of the admin key")]
    public bool Client { get; init; }
}

/// <summary>Asks for a key, checks it at the gateway and stores it.</summary>
internal sealed class LoginCommand(Gateway gateway, Screen screen) : GatewayCommand<LoginSettings>(screen)
{
    protected override async Task<int> RunAsync(LoginSettings settings, CancellationToken cancellationToken)
    {
        var address = gateway.AddressOf(settings);
        var file = gateway.Machine.ProfileFile;
        var url = address.ToString().TrimEnd('/');
        var kept = Profile.Load(file) is { } old && old.Url == url ? old : new Profile(url, null, null);
        var key = await gateway.ReadSecretAsync(Screen.Console, settings.Client ? "Client key" : "Admin key", cancellationToken);
        if (settings.Client)
        {
            kept = kept with { ClientKey = key };
        }
        else
        {
            using var http = gateway.HttpOf(address);
            await AdminClient.WithKey(http, key).Pools.ListAsync(cancellationToken);
            kept = kept with { AdminKey = key };
        }

        kept.Save(file);
        Screen.Done($"The key for {url} is kept in {file}.");
        return ExitCodes.Done;
    }
}

/// <summary>Removes what login stored.</summary>
internal sealed class LogoutCommand(Gateway gateway, Screen screen) : GatewayCommand<GatewaySettings>(screen)
{
    protected override Task<int> RunAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        File.Delete(gateway.Machine.ProfileFile);
        Screen.Done("No key is kept any more.");
        return Task.FromResult(ExitCodes.Done);
    }
}
