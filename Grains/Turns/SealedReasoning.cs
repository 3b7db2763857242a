using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Turns;

/// <summary>Reasoning in a form that only the account that made the reasoning can open. Pure.</summary>
internal static class SealedReasoning
{
    public static bool IsIn(ImmutableArray<Item> context) =>
        context.Any(static item => item is ReasoningItem { Encrypted: { Length: > 0 } });

    /// <summary>The context without the sealed form; readable reasoning stays.</summary>
    public static ImmutableArray<Item> LeaveOut(ImmutableArray<Item> context) =>
        [.. context.Select(static item => item is ReasoningItem reasoning ? reasoning with { Encrypted = null } : item)];
}
