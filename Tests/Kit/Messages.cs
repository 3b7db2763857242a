using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Kit;

/// <summary>Messages of plain text.</summary>
internal static class Messages
{
    public static MessageItem User(string text) => MessageItem.Of(MessageRole.User, text);

    public static MessageItem Assistant(string text) => MessageItem.Of(MessageRole.Assistant, text);

    public static MessageItem System(string text) => MessageItem.Of(MessageRole.System, text);

    /// <summary>The text of an item that is a message or a tool result; empty for any other.</summary>
    public static string TextOf(this Item item) =>
        item switch
        {
            MessageItem message => message.Text,
            ToolResultItem result => result.Text,
            _ => "",
        };
}
