using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Conversations;

namespace FlowGpt.Simulator.Control;

/// <summary>An exchange as <c>GET /_sim/exchanges</c> shows it.</summary>
internal sealed record ExchangeView(
    string Account,
    string? ConversationId,
    string Question,
    string Text,
    int Fragments,
    int TextBytes,
    ReplyEnd End,
    OpenAiExchange? OpenAi
)
{
    public static ExchangeView Of(Exchange exchange) =>
        new(
            exchange.Account,
            exchange.ConversationId,
            exchange.Question,
            exchange.Text,
            exchange.Fragments,
            exchange.TextBytes,
            exchange.End,
            exchange.OpenAi
        );
}
