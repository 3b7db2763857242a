using System.ComponentModel;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Accounts;

internal sealed class AccountAddSettings : AccountSettingsOfOne
{
    [CommandOption("--field <NAME>")]
    [Description("The credential field that standard input holds: apiKey (the default), or bearerToken")]
    public string Field { get; init; } = "apiKey";

    [CommandOption("--limit <NAME=NUMBER>")]
    [Description("A limit such as requestsPerMinute=60; may be repeated")]
    public string[] Limits { get; init; } = [];

    [CommandOption("--set <NAME=VALUE>")]
    [Description("A further credential field that is no secret, such as deviceId=…; may be repeated")]
    public string[] Fields { get; init; } = [];
}

/// <summary>Adds an account.</summary>
internal sealed class AccountAddCommand(Gateway gateway, Screen screen) : GatewayCommand<AccountAddSettings>(screen)
{
    protected override async Task<int> RunAsync(AccountAddSettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        var limits = settings.Limits.Select(Pairs.Split).ToDictionary(static one => one.Name, static one => (long?)Pairs.NumberOf(one));
        var credential = settings.Fields.Select(Pairs.Split).ToDictionary(static one => one.Name, static one => one.Value);
        credential[settings.Field] = await gateway.ReadSecretAsync(Screen.Console, settings.Field, cancellationToken);
        var added = await admin.Accounts.AddAsync(
            settings.Pool,
            new AccountSettings
            {
                Name = settings.Account,
                Limits = limits.Count > 0 ? limits : null,
                Credential = credential,
            },
            cancellationToken
        );
        Screen.Show(added, settings.Json, answer => AccountShowCommand.Of(answer, gateway));
        return ExitCodes.Done;
    }
}

internal sealed class AccountTokenSettings : AccountSettingsOfOne
{
    [CommandOption("--field <NAME>")]
    [Description("The credential field that standard input holds: apiKey (the default), or bearerToken")]
    public string Field { get; init; } = "apiKey";
}

/// <summary>Replaces an account's secret; the new secret is used at once.</summary>
internal sealed class AccountTokenCommand(Gateway gateway, Screen screen) : GatewayCommand<AccountTokenSettings>(screen)
{
    protected override async Task<int> RunAsync(AccountTokenSettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        var secret = await gateway.ReadSecretAsync(Screen.Console, settings.Field, cancellationToken);
        var change = new AccountSettings { Credential = new Dictionary<string, string> { [settings.Field] = secret } };
        var changed = await admin.Accounts.ChangeAsync(settings.Pool, settings.Account, change, cancellationToken);
        Screen.Show(changed, settings.Json, answer => AccountShowCommand.Of(answer, gateway));
        return ExitCodes.Done;
    }
}

internal sealed class AccountModeSettings : AccountSettingsOfOne
{
    [CommandArgument(2, "<MODE>")]
    [Description("enable, disable, drain, or reset to end a cool-down")]
    public string Mode { get; init; } = "";
}

/// <summary>Enables, disables, drains or resets an account.</summary>
internal sealed class AccountModeCommand(Gateway gateway, Screen screen) : GatewayCommand<AccountModeSettings>(screen)
{
    protected override async Task<int> RunAsync(AccountModeSettings settings, CancellationToken cancellationToken)
    {
        var accounts = gateway.AdminOf(settings).Accounts;
        var (pool, name) = (settings.Pool, settings.Account);
        Rows Draw(AccountAnswer answer) => AccountShowCommand.Of(answer, gateway);
        switch (settings.Mode)
        {
            case "enable":
                Screen.Show(await accounts.EnableAsync(pool, name, cancellationToken), settings.Json, Draw);
                break;
            case "disable":
                Screen.Show(await accounts.DisableAsync(pool, name, cancellationToken), settings.Json, Draw);
                break;
            case "drain":
                Screen.Show(await accounts.DrainAsync(pool, name, cancellationToken), settings.Json, Draw);
                break;
            case "reset":
                await accounts.ResetAsync(pool, name, cancellationToken);
                Screen.Show(await accounts.GetAsync(pool, name, cancellationToken), settings.Json, Draw);
                break;
            default:
                throw new UsageException($"'{settings.Mode}' is no mode. Give enable, disable, drain or reset.");
        }

        return ExitCodes.Done;
    }
}

internal sealed class AccountRemoveSettings : AccountSettingsOfOne
{
    [CommandOption("-y|--yes")]
    [Description("Does not ask")]
    public bool Yes { get; init; }
}

/// <summary>Removes an account that was added.</summary>
internal sealed class AccountRemoveCommand(Gateway gateway, Screen screen) : GatewayCommand<AccountRemoveSettings>(screen)
{
    protected override async Task<int> RunAsync(AccountRemoveSettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        if (!Screen.Confirm($"Remove {settings.Pool}/{settings.Account} and its secret?", settings.Yes))
        {
            throw new UsageException("Nothing was removed. Give --yes to remove without a question.");
        }

        await admin.Accounts.RemoveAsync(settings.Pool, settings.Account, cancellationToken);
        Screen.Done($"{settings.Pool}/{settings.Account} is removed.");
        return ExitCodes.Done;
    }
}
