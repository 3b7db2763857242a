using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Accounts;

internal sealed class AccountListSettings : GatewaySettings
{
    [CommandArgument(0, "[POOL]")]
    [Description("One pool; otherwise all")]
    public string? Pool { get; init; }
}

/// <summary>Accounts with their states, their use, and when cool-downs and tokens end.</summary>
internal sealed class AccountListCommand(Gateway gateway, Screen screen) : GatewayCommand<AccountListSettings>(screen)
{
    protected override async Task<int> RunAsync(AccountListSettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        string[] pools = settings.Pool is { } one
            ? [one]
            : [.. (await admin.Pools.ListAsync(cancellationToken)).Pools.Select(static pool => pool.Name)];
        var table = Screen.Table("pool", "account", "!state", "why", "?!again", "?>in flight", "?limits", "?!token ends");
        var now = gateway.Machine.Time.GetUtcNow();
        foreach (var pool in pools)
        {
            var list = await admin.Accounts.ListAsync(pool, cancellationToken);
            if (settings.Json)
            {
                Screen.Json(list);
                continue;
            }

            foreach (var account in list.Accounts)
            {
                table.AddRow(
                    Markup.Escape(pool),
                    Markup.Escape(account.Name),
                    Words.State(account.State),
                    Markup.Escape(account.CoolingDownFor ?? account.Marks.Select(static mark => mark.Reason).FirstOrDefault() ?? ""),
                    Words.Within(account.AvailableAt, now),
                    account.MaxConcurrent is { } most ? $"{account.Leases}/{most}" : Words.Of(account.Leases),
                    Markup.Escape(
                        string.Join(
                            '\n',
                            account.Windows.Select(static window => $"{Words.Of(window.Used)}/{Words.Of(window.Limit)} {window.Name}")
                        )
                    ),
                    Words.Within(account.TokenExpires, now)
                );
            }

            foreach (var hidden in list.Hidden)
            {
                table.AddRow(Markup.Escape(pool), Markup.Escape(hidden), "[red]not in force[/]");
            }
        }

        if (!settings.Json)
        {
            Screen.Console.Write(table);
        }

        return ExitCodes.Done;
    }
}

internal class AccountSettingsOfOne : GatewaySettings
{
    [CommandArgument(0, "<POOL>")]
    [Description("The pool")]
    public string Pool { get; init; } = "";

    [CommandArgument(1, "<ACCOUNT>")]
    [Description("The account's name")]
    public string Account { get; init; } = "";
}

/// <summary>One account with all its details.</summary>
internal sealed class AccountShowCommand(Gateway gateway, Screen screen) : ShowCommand<AccountSettingsOfOne, AccountAnswer>(gateway, screen)
{
    protected override Task<AccountAnswer> AskAsync(
        AdminClient admin,
        AccountSettingsOfOne settings,
        CancellationToken cancellationToken
    ) => admin.Accounts.GetAsync(settings.Pool, settings.Account, cancellationToken);

    protected override IRenderable Draw(AccountAnswer answer) => Of(answer, Gateway);

    internal static Rows Of(AccountAnswer answer, Gateway gateway)
    {
        var now = gateway.Machine.Time.GetUtcNow();
        var account = answer.Account;
        var facts = new Grid().AddColumn().AddColumn();
        void Fact(string name, IRenderable value) => facts.AddRow(new Text(name), value);
        Fact("account", new Text($"{answer.Pool}/{account.Name}, from {account.Origin}"));
        Fact("state", new Markup(Words.State(account.State)));
        Fact("again", new Text(Words.Within(account.AvailableAt, now)));
        Fact("last failure", new Text(account.LastFailure ?? "-"));
        Fact("token", new Text($"{account.TokenFingerprint}, ends {Words.Within(account.TokenExpires, now)}"));
        Fact(
            "in flight",
            new Text(
                $"{account.Leases} of {account.MaxConcurrent?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any number"}"
            )
        );
        foreach (var window in account.Windows)
        {
            Fact(window.Name, new Text($"{Words.Bar(window.Used, window.Limit)}, frees in {Words.Lasting(window.FreesIn)}"));
        }

        var marks = Screen.Table("mark", "model", "since", "second opinion by", "probe");
        foreach (var mark in account.Marks)
        {
            marks.AddRow(
                Markup.Escape(mark.Reason),
                Markup.Escape(mark.Model ?? "all"),
                Words.At(mark.Since),
                Markup.Escape(mark.SecondOpinionBy ?? "-"),
                Words.Within(mark.ProbeAt, now)
            );
        }

        return account.Marks.Count == 0 ? new Rows(facts) : new Rows(facts, marks);
    }
}
