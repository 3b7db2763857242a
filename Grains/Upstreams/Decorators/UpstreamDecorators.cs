using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams.Decorators.Tools;

namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>What a call needs of decorators.</summary>
/// <param name="CleanPrefix">Whether a label at the reply's start is removed.</param>
/// <param name="Window">Most tokens of context and reply at the target; null when unknown.</param>
/// <param name="Tokens">Counts tokens.</param>
internal readonly record struct DecoratorSetting(bool CleanPrefix, int? Window, TokenCounter Tokens);

/// <summary>Chooses what stands between a turn and the upstream of its target, by what the target's model can do.</summary>
internal static class UpstreamDecorators
{
    /// <summary>The pool's upstream, with the decorators that this call needs; none for one that needs none.</summary>
    public static IUpstream Around(
        IUpstream upstream,
        ModelCapabilities can,
        TurnRequest turn,
        ImmutableArray<Item> context,
        in DecoratorSetting setting
    )
    {
        var sampling = turn.Sampling;
        var hasTools = NeedsTools(turn, context, can);
        var stop = can.HasFlag(ModelCapabilities.StopStrings) ? [] : sampling.Stop;
        var limit = can.HasFlag(ModelCapabilities.OutputLimit) ? null : sampling.MaxOutputTokens;
        // Stop strings end text, and never a call: they are looked for outside the calls.
        upstream = Filter(upstream, setting.CleanPrefix, hasTools ? [] : stop, limit);
        return hasTools
            ? Filter(new ToolUpstream(upstream, setting.Window, setting.Tokens, failsLoudly: false), false, stop, null)
            : upstream;
    }

    /// <summary>Tokens of the prompt for a target with these capabilities, and how many of them tools take; null where the prompt stays as the turn has it.</summary>
    public static (int Tokens, int ToolTokens)? PromptOf(
        TurnRequest turn,
        ImmutableArray<Item> context,
        ModelCapabilities can,
        int? window,
        TokenCounter counter
    )
    {
        if (!NeedsTools(turn, context, can))
        {
            return null;
        }

        var prompt = ToolPrompt.Fit(turn, context, ToolSet.Of(turn), window, counter);
        return (prompt.Tokens, prompt.ToolTokens);
    }

    private static bool NeedsTools(TurnRequest turn, ImmutableArray<Item> context, ModelCapabilities can) =>
        !can.HasFlag(ModelCapabilities.Tools) && ToolPrompt.IsNeeded(turn, context);

    private static IUpstream Filter(IUpstream upstream, bool cleanPrefix, ImmutableArray<string> stop, int? limit) =>
        cleanPrefix || !stop.IsEmpty || limit is not null ? new FilteredUpstream(upstream, cleanPrefix, stop, limit) : upstream;
}
