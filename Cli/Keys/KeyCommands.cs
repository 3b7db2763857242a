using System.ComponentModel;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Cli.Accounts;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Keys;

/// <summary>All keys, page after page.</summary>
internal sealed class KeyListCommand(Gateway gateway, Screen screen) : GatewayCommand<GatewaySettings>(screen)
{
    protected override async Task<int> RunAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        var keys = gateway.AdminOf(settings).Keys;
        var table = Screen.Table("id", "name", "?owner", "status", "?models", "?limits", "?changed");
        for (string? after = null; ; )
        {
            var page = await keys.ListAsync(after, cancellationToken: cancellationToken);
            if (settings.Json)
            {
                Screen.Json(page);
            }

            foreach (var key in page.Data)
            {
                table.AddRow(
                    Markup.Escape(key.Id),
                    Markup.Escape(key.Name),
                    Markup.Escape(key.Owner ?? "-"),
                    Markup.Escape(key.Status),
                    Markup.Escape(key.AllowedModels is { } models ? string.Join(", ", models) : "all"),
                    Markup.Escape(LimitsOf(key.Limits)),
                    Words.At(key.UpdatedAt)
                );
            }

            after = page.Next;
            if (!page.HasMore || after is null)
            {
                break;
            }
        }

        if (!settings.Json)
        {
            Screen.Console.Write(table);
        }

        return ExitCodes.Done;
    }

    private static string LimitsOf(KeyLimits limits)
    {
        (string Name, long? Value)[] all =
        [
            ("requests/min", limits.RequestsPerMinute),
            ("tokens/min", limits.TokensPerMinute),
            ("at once", limits.MaxConcurrentRequests),
            ("tokens/day", limits.TokensPerDay),
            ("tokens/month", limits.TokensPerMonth),
        ];
        var set = all.Where(static one => one.Value is not null).Select(static one => $"{Words.Of(one.Value!.Value)} {one.Name}").ToArray();
        return set.Length == 0 ? "none" : string.Join(", ", set);
    }
}

internal sealed class KeyCreateSettings : GatewaySettings
{
    [CommandArgument(0, "<NAME>")]
    [Description("What the key is called")]
    public string Name { get; init; } = "";

    [CommandOption("--owner <OWNER>")]
    [Description("Whose the key is")]
    public string? Owner { get; init; }

    [CommandOption("--model <MODEL>")]
    [Description("A model that the key may use; may be repeated; all when none is given")]
    public string[] Models { get; init; } = [];

    [CommandOption("--limit <NAME=NUMBER>")]
    [Description("requestsPerMinute, tokensPerMinute, maxConcurrentRequests, tokensPerDay or tokensPerMonth; may be repeated")]
    public string[] Limits { get; init; } = [];
}

/// <summary>Makes a key. Its secret is shown once.</summary>
internal sealed class KeyCreateCommand(Gateway gateway, Screen screen) : GatewayCommand<KeyCreateSettings>(screen)
{
    protected override async Task<int> RunAsync(KeyCreateSettings settings, CancellationToken cancellationToken)
    {
        var limits = settings.Limits.Select(Pairs.Split).ToDictionary(static one => one.Name, static one => (long?)Pairs.NumberOf(one));
        var key = await gateway
            .AdminOf(settings)
            .Keys.CreateAsync(
                new KeySettings
                {
                    Name = settings.Name,
                    Owner = settings.Owner,
                    AllowedModels = settings.Models.Length > 0 ? settings.Models : null,
                    Limits = limits.Count > 0 ? limits : null,
                },
                cancellationToken
            );
        KeySecret.Show(Screen, key, settings.Json);
        return ExitCodes.Done;
    }
}

internal sealed class KeyRotateSettings : GatewaySettings
{
    [CommandArgument(0, "<ID>")]
    [Description("The key's id")]
    public string Id { get; init; } = "";

    [CommandOption("--grace <SECONDS>")]
    [Description("How long the old secret stays valid")]
    public int Grace { get; init; }
}

/// <summary>Gives a key a new secret.</summary>
internal sealed class KeyRotateCommand(Gateway gateway, Screen screen) : GatewayCommand<KeyRotateSettings>(screen)
{
    protected override async Task<int> RunAsync(KeyRotateSettings settings, CancellationToken cancellationToken)
    {
        var key = await gateway.AdminOf(settings).Keys.RotateAsync(settings.Id, new KeyRotation(settings.Grace), cancellationToken);
        KeySecret.Show(Screen, key, settings.Json);
        return ExitCodes.Done;
    }
}

internal sealed class KeyRevokeSettings : GatewaySettings
{
    [CommandArgument(0, "<ID>")]
    [Description("The key's id")]
    public string Id { get; init; } = "";

    [CommandOption("-y|--yes")]
    [Description("Does not ask")]
    public bool Yes { get; init; }
}

/// <summary>Ends a key.</summary>
internal sealed class KeyRevokeCommand(Gateway gateway, Screen screen) : GatewayCommand<KeyRevokeSettings>(screen)
{
    protected override async Task<int> RunAsync(KeyRevokeSettings settings, CancellationToken cancellationToken)
    {
        var keys = gateway.AdminOf(settings).Keys;
        if (!Screen.Confirm($"Revoke {settings.Id}? Its clients are refused from now on.", settings.Yes))
        {
            throw new UsageException("Nothing was revoked. Give --yes to revoke without a question.");
        }

        var revoked = await keys.RevokeAsync(settings.Id, cancellationToken);
        if (settings.Json)
        {
            Screen.Json(revoked);
        }
        else
        {
            Screen.Done($"{revoked.Id} ({revoked.Name}) is revoked.");
        }

        return ExitCodes.Done;
    }
}

/// <summary>Shows a secret, which cannot be shown again.</summary>
internal static class KeySecret
{
    public static void Show(Screen screen, Key key, bool asJson)
    {
        if (asJson)
        {
            screen.Json(key);
            return;
        }

        screen.Done($"{key.Id} ({key.Name}). The secret is shown this once:");
        screen.Line(key.Secret ?? "");
    }
}
