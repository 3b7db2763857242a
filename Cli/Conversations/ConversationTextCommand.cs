using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Conversations;

internal sealed class ConversationTextSettings : GatewaySettings
{
    [CommandArgument(0, "<ID>")]
    [Description("The id of a conversation, a response or a chat completion")]
    public string Id { get; init; } = "";

    [CommandOption("-n|--limit <COUNT>")]
    [Description("Most items, 1 to 200")]
    public int Limit { get; init; } = 50;

    [CommandOption("--after <ITEM>")]
    [Description("Begins after the item with this id")]
    public string? After { get; init; }
}

/// <summary>What is written in a conversation, the oldest first.</summary>
internal sealed class ConversationTextCommand(Gateway gateway, Screen screen)
    : ShowCommand<ConversationTextSettings, ConversationText>(gateway, screen)
{
    protected override Task<ConversationText> AskAsync(
        AdminClient admin,
        ConversationTextSettings settings,
        CancellationToken cancellationToken
    ) => admin.Conversations.ReadAsync(settings.Id, settings.Limit, settings.After, cancellationToken);

    protected override IRenderable Draw(ConversationText conversation)
    {
        var table = Screen.Table("item", "who", "text");
        foreach (var one in conversation.Items)
        {
            var who = one.Name is { } name ? $"{one.Kind} {name}" : one.Kind;
            table.AddRow(Markup.Escape(one.Id ?? "-"), Markup.Escape(who), Markup.Escape(one.Text));
        }

        return table;
    }
}
