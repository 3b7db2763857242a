using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams.Decorators.Schema;
using FlowGpt.Grains.Upstreams.Decorators.Tools;

namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>What a call needs of decorators.</summary>
/// <param name="CleanPrefix">Whether a label at the reply's start is removed.</param>
/// <param name="Window">Most tokens of context and reply at the target; null when unknown.</param>
/// <param name="Tokens">Counts tokens.</param>
/// <param name="FailsLoudly">Whether a reply that cannot be read is an error.</param>
/// <param name="LimitsCalls">Whether the provider itself keeps to <see cref="SamplingOptions.MaxToolCalls"/>.</param>
internal readonly record struct DecoratorSetting(
    bool CleanPrefix,
    int? Window,
    TokenCounter Tokens,
    bool FailsLoudly,
    bool LimitsCalls = false
);

/// <summary>Chooses what stands between a turn and the upstream of its target, by what the target's model can do. Pure.</summary>
internal static class UpstreamDecorators
{
    /// <summary>The pool's upstream, with the decorators that this call needs, if any.</summary>
    public static IUpstream Around(
        IUpstream upstream,
        ModelCapabilities can,
        TurnRequest turn,
        ImmutableArray<Item> context,
        in DecoratorSetting setting
    )
    {
        var (hasTools, hasFormat) = (NeedsTools(turn, context, can), NeedsFormat(turn, can));
        var stop = can.HasFlag(ModelCapabilities.StopStrings) ? [] : turn.Sampling.Stop;
        var limit = can.HasFlag(ModelCapabilities.OutputLimit) ? null : turn.Sampling.MaxOutputTokens;
        // Stop strings end text, and never a call: they are looked for outside the calls.
        var isLate = hasTools && !hasFormat;
        upstream = Filter(upstream, setting.CleanPrefix, isLate ? [] : stop, limit);
        upstream = hasTools ? new ToolUpstream(upstream, setting.Window, setting.Tokens, setting.FailsLoudly) : upstream;
        upstream = hasFormat ? new SchemaUpstream(upstream, setting.FailsLoudly) : CheckedFormatUpstream.Around(upstream, turn.Format);
        upstream = isLate ? Filter(upstream, false, stop, null) : upstream;
        return turn.Sampling.MaxToolCalls is { } most && !setting.LimitsCalls ? new CallLimitUpstream(upstream, most) : upstream;
    }

    /// <summary>The prompt for a target with these capabilities; null where the prompt stays as the turn has it.</summary>
    public static TextPromptSize? SizeOf(
        TurnRequest turn,
        ImmutableArray<Item> context,
        ModelCapabilities can,
        int? window,
        TokenCounter counter
    )
    {
        var (hasTools, hasFormat) = (NeedsTools(turn, context, can), NeedsFormat(turn, can));
        if (!hasTools && !hasFormat)
        {
            return null;
        }

        if (ProblemOf(turn, hasTools, hasFormat) is { } problem)
        {
            return new(0, 0, problem);
        }

        if (hasFormat)
        {
            (turn, context) = (SchemaPrompt.Write(turn), SchemaUpstream.WithDemand(context));
        }

        if (!hasTools)
        {
            return new(counter.CountPrompt(turn, context.AsSpan()), 0, null);
        }

        var prompt = ToolPrompt.Fit(turn, context, ToolSet.Of(turn), window, counter);
        return new(prompt.Tokens, prompt.ToolTokens, null);
    }

    private static TurnError? ProblemOf(TurnRequest turn, bool hasTools, bool hasFormat)
    {
        if (hasFormat && FormatCheck.Build(turn.Format!).Problem is { } ofFormat)
        {
            var name = turn.Format!.Name is { Length: > 0 } given ? $" '{given}'" : "";
            return new(TurnErrorKind.InvalidRequest, $"The schema{name} of the reply {ofFormat}. Change the schema.", "response_format");
        }

        foreach (var tool in hasTools ? turn.Tools : [])
        {
            if (
                tool is { Strict: true, Kind: ToolKind.Function, Parameters: { } schema }
                && SchemaCheck.Build(schema, isStrict: true).Problem is { } ofTool
            )
            {
                return new(
                    TurnErrorKind.InvalidRequest,
                    $"The schema of the strict tool '{tool.Name}' {ofTool}. Change the schema, or leave 'strict' out.",
                    "tools"
                );
            }
        }

        return null;
    }

    private static bool NeedsTools(TurnRequest turn, ImmutableArray<Item> context, ModelCapabilities can) =>
        !can.HasFlag(ModelCapabilities.Tools) && ToolPrompt.IsNeeded(turn, context);

    private static bool NeedsFormat(TurnRequest turn, ModelCapabilities can) =>
        turn.Format?.Kind switch
        {
            ResponseFormatKind.JsonObject => !can.HasFlag(ModelCapabilities.JsonObject),
            ResponseFormatKind.JsonSchema => !can.HasFlag(ModelCapabilities.JsonSchema),
            _ => false,
        };

    private static IUpstream Filter(IUpstream upstream, bool cleanPrefix, ImmutableArray<string> stop, int? limit) =>
        cleanPrefix || !stop.IsEmpty || limit is not null ? new FilteredUpstream(upstream, cleanPrefix, stop, limit) : upstream;
}
