using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams.Decorators.Schema;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>A turn as a model is asked that knows text alone.</summary>
/// <param name="Turn">The turn: tools stand in its instructions.</param>
/// <param name="Context">The context: messages alone.</param>
/// <param name="Tokens">Tokens of both.</param>
/// <param name="ToolTokens">How many of them the definitions of tools take.</param>
internal readonly record struct TextPrompt(TurnRequest Turn, ImmutableArray<Item> Context, int Tokens, int ToolTokens);

/// <summary>Writes tools into a prompt, in as few words as the context window asks for. Pure: the same turn gives the same prompt.</summary>
internal static class ToolPrompt
{
    /// <summary>A share of the window that is left for the reply where descriptions can make room.</summary>
    private const int ReplyShare = 8;

    private static readonly (SignatureDetail Detail, ResultCut Cut)[] Plans =
    [
        (SignatureDetail.Full, ResultCut.None),
        (SignatureDetail.Short, ResultCut.None),
        (SignatureDetail.Short, ResultCut.Older),
        (SignatureDetail.Brief, ResultCut.Older),
        (SignatureDetail.Names, ResultCut.Older),
        (SignatureDetail.Names, ResultCut.All),
    ];

    /// <summary>Whether a turn needs its tools written into the prompt: tools that may be called, or calls and results in its context.</summary>
    public static bool IsNeeded(TurnRequest turn, ImmutableArray<Item> context) =>
        (!turn.Tools.IsEmpty && turn.ToolChoice.Mode != ToolChoiceMode.None)
        || context.Any(static item => item is ToolCallItem or ToolResultItem);

    /// <summary>The first prompt that fits; the shortest when none does.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="context">Its context.</param>
    /// <param name="tools">Its tools.</param>
    /// <param name="window">Most tokens of context and reply; null when unknown.</param>
    /// <param name="counter">Counts tokens.</param>
    public static TextPrompt Fit(TurnRequest turn, ImmutableArray<Item> context, ToolSet tools, int? window, TokenCounter counter)
    {
        var demand = ToolProtocol.Demand(tools);
        var prompt = default(TextPrompt);
        foreach (var (detail, cut) in Plans)
        {
            var described = ToolProtocol.Describe(tools, detail);
            var instructions = (turn.Instructions, described) switch
            {
                (_, "") => turn.Instructions,
                (null or "", _) => described,
                _ => $"{turn.Instructions}\n\n{described}",
            };
            var asText = turn with { Instructions = instructions, Tools = [], ToolChoice = ToolChoice.Auto };
            var items = ToolHistory.Rewrite(context, demand, cut);
            prompt = new(asText, items, counter.CountPrompt(asText, items.AsSpan()), described.Length == 0 ? 0 : counter.Count(described));
            if (window is null || prompt.Tokens <= window - window / ReplyShare)
            {
                break;
            }
        }

        return prompt;
    }
}
