using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Conversations;

internal sealed class ConversationsSettings : GatewaySettings
{
    [CommandOption("-n|--limit <COUNT>")]
    [Description("Most clients")]
    public int Limit { get; init; } = 50;

    [CommandOption("--key <ID>")]
    [Description("The only client key")]
    public string? Key { get; init; }
}

/// <summary>How many conversations the clients have stored, and their sizes; the largest first.</summary>
internal sealed class ConversationsCommand(Gateway gateway, Screen screen)
    : ShowCommand<ConversationsSettings, ConversationList>(gateway, screen)
{
    protected override Task<ConversationList> AskAsync(
        AdminClient admin,
        ConversationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        var filter = new ConversationFilter { KeyId = settings.Key, Limit = settings.Limit };
        return admin.Conversations.ListAsync(filter, cancellationToken);
    }

    protected override IRenderable Draw(ConversationList list)
    {
        var table = Screen.Table("key", "owner", ">conversations", ">responses", ">KiB", "last written");
        foreach (var one in list.Clients)
        {
            table.AddRow(
                Markup.Escape(one.Name ?? one.KeyId),
                Markup.Escape(one.Owner ?? "-"),
                Words.Of(one.Conversations),
                Words.Of(one.Responses),
                Words.Of(one.Bytes >> 10),
                one.LastWrite is { } at ? Words.At(at) : "-"
            );
        }

        return table;
    }
}
