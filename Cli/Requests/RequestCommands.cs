using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Requests;

internal sealed class RequestListSettings : GatewaySettings
{
    [CommandOption("-n|--limit <COUNT>")]
    [Description("Most requests, 1 to 200")]
    public int Limit { get; init; } = 50;

    [CommandOption("--key <ID>")]
    [Description("Of one client key")]
    public string? Key { get; init; }

    [CommandOption("--model <MODEL>")]
    [Description("For one model name")]
    public string? Model { get; init; }

    [CommandOption("--account <ACCOUNT>")]
    [Description("Tried on one account")]
    public string? Account { get; init; }

    [CommandOption("--outcome <OUTCOME>")]
    [Description("completed, refused, failed or disconnected")]
    public string? Outcome { get; init; }
}

/// <summary>The latest requests, newest first.</summary>
internal sealed class RequestListCommand(Gateway gateway, Screen screen) : ShowCommand<RequestListSettings, RequestList>(gateway, screen)
{
    protected override Task<RequestList> AskAsync(AdminClient admin, RequestListSettings settings, CancellationToken cancellationToken)
    {
        var filter = new RequestFilter
        {
            Limit = settings.Limit,
            KeyId = settings.Key,
            Model = settings.Model,
            Account = settings.Account,
            Outcome = settings.Outcome,
        };
        return admin.Live.RequestsAsync(filter, cancellationToken);
    }

    protected override IRenderable Draw(RequestList list) => TableOf(list.Requests);

    internal static FittedTable TableOf(IEnumerable<RequestEntry> requests)
    {
        var table = Screen.Table(
            "!ended",
            "?request",
            "?key",
            "model",
            "account",
            ">status",
            "outcome",
            "?>tries",
            "?>in",
            "?>out",
            "?>first",
            ">total"
        );
        foreach (var one in requests)
        {
            table.AddRow(
                Words.At(one.At),
                Markup.Escape(one.Id),
                Markup.Escape(one.KeyId ?? "-"),
                Markup.Escape(one.Model ?? "-"),
                Markup.Escape(one.Account ?? "-"),
                Words.Of(one.Status),
                Markup.Escape(one.Error ?? one.Outcome),
                Words.Of(one.Attempts),
                Words.Of(one.InputTokens),
                Words.Of(one.OutputTokens),
                Words.Seconds(one.TimeToFirstToken?.TotalSeconds),
                Words.Seconds(one.Duration.TotalSeconds)
            );
        }

        return table;
    }
}

internal sealed class RequestShowSettings : GatewaySettings
{
    [CommandArgument(0, "<ID>")]
    [Description("The x-request-id, or the response's id")]
    public string Id { get; init; } = "";
}

/// <summary>One request: the accounts that were tried, and why they were chosen.</summary>
internal sealed class RequestShowCommand(Gateway gateway, Screen screen) : ShowCommand<RequestShowSettings, RequestDetails>(gateway, screen)
{
    protected override Task<RequestDetails> AskAsync(
        AdminClient admin,
        RequestShowSettings settings,
        CancellationToken cancellationToken
    ) => admin.Live.RequestAsync(settings.Id, cancellationToken);

    protected override IRenderable Draw(RequestDetails one)
    {
        var decisions = Screen.Table("at", "pool", "chosen", "why", "skipped");
        foreach (var (pool, decision) in one.Decisions)
        {
            decisions.AddRow(
                Words.At(decision.At),
                Markup.Escape(pool),
                Markup.Escape(decision.Chosen ?? "-"),
                Markup.Escape(decision.Why),
                Markup.Escape(string.Join('\n', decision.Skipped))
            );
        }

        return new Rows(RequestListCommand.TableOf([one.Request]), decisions);
    }
}
