using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Models;

/// <summary>Which targets of a route may serve one request, in the order in which they are tried; or why none may. Pure.</summary>
public sealed record TargetChoice
{
    /// <summary>A prompt of so many windows does not fit, however much is shortened in it; it is not looked at more closely.</summary>
    internal const int FarBeyond = 8;

    private TargetChoice(ImmutableArray<Target> targets, TurnError? error, int promptTokens = 0) =>
        (Targets, Error, PromptTokens) = (targets, error, promptTokens);

    /// <summary>Tokens of the longest prompt that one of the targets may be sent: what is written into a prompt for a model without tools counts.</summary>
    public int PromptTokens { get; }

    /// <summary>The targets in the order of trying; empty exactly when there is an <see cref="Error"/>.</summary>
    public ImmutableArray<Target> Targets { get; }

    /// <summary>Why no target may serve; null when a target may.</summary>
    public TurnError? Error { get; }

    /// <summary>
    /// The targets that can do what a turn needs, by their order; among equal orders a random sequence in which a target of twice the
    /// weight, or of half the load, is first about twice as often. At equal order a target that has tools or formats itself comes before a target for which they are emulated.
    /// The same arguments give the same sequence.
    /// </summary>
    /// <param name="route">The route that the client named.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="promptTokens">Tokens of the whole context.</param>
    /// <param name="capabilities">What a target can do; null when its pool is not defined here or its provider kind is not known.</param>
    /// <param name="contextWindow">Most tokens of a target's context; null, as a result or as the function, when unknown.</param>
    /// <param name="load">Calls that a target's pool has in flight and waiting, 0 or more; no function counts as no load.</param>
    /// <param name="textPrompt">
    /// The prompt for a target that is asked in text alone; null, as a result or as the function, where the prompt stays as it is.
    /// </param>
    /// <param name="toolTokens">How many of <paramref name="promptTokens"/> the turn's tools take; asked only for an error, 0 without the function.</param>
    public static TargetChoice For(
        Route route,
        TurnRequest turn,
        int promptTokens,
        Func<Target, ModelCapabilities?> capabilities,
        Func<Target, int?>? contextWindow = null,
        Func<Target, int>? load = null,
        Func<Target, TextPromptSize?>? textPrompt = null,
        Func<int>? toolTokens = null
    )
    {
        if (route.Targets.All(target => capabilities(target) == ModelCapabilities.Embeddings))
        {
            return Unable(route, TurnNeeds.Reply);
        }

        var choice = For(route, TurnNeeds.Of(turn), turn.ResponseId, capabilities, load);
        if (choice.Error is not null)
        {
            return choice;
        }

        var fitting = ImmutableArray.CreateBuilder<Target>(choice.Targets.Length);
        var (longest, widest, shortest, ofTools) = (0, 0, int.MaxValue, 0);
        TurnError? unable = null;
        foreach (var target in choice.Targets)
        {
            var window = Math.Min(route.ContextWindow ?? int.MaxValue, contextWindow?.Invoke(target) ?? int.MaxValue);
            var isFar = promptTokens / FarBeyond >= window;
            var (tokens, tools, problem) = (isFar ? null : textPrompt?.Invoke(target)) ?? new(promptTokens, 0, null);
            if (problem is not null)
            {
                unable ??= problem;
                continue;
            }

            if (tokens <= window)
            {
                fitting.Add(target);
                longest = Math.Max(longest, tokens);
            }
            else
            {
                widest = Math.Max(widest, window);
                (shortest, ofTools) = tokens < shortest ? (tokens, tools) : (shortest, ofTools);
            }
        }

        return fitting.Count > 0 ? new(fitting.DrainToImmutable(), null, longest)
            : unable is not null ? new([], unable)
            : TooLong(widest, shortest, ofTools > 0 ? ofTools : Math.Min(shortest, toolTokens?.Invoke() ?? 0));
    }

    /// <summary>The targets that can do what a request needs, ordered as the other overload says.</summary>
    /// <param name="route">The route that the client named.</param>
    /// <param name="needs">What the request needs.</param>
    /// <param name="requestId">Decides the sequence among equal orders.</param>
    /// <param name="capabilities">As in the other overload.</param>
    /// <param name="load">As in the other overload.</param>
    public static TargetChoice For(
        Route route,
        ImmutableArray<TurnNeed> needs,
        string requestId,
        Func<Target, ModelCapabilities?> capabilities,
        Func<Target, int>? load = null
    )
    {
        if (route.Targets.Length == 1)
        {
            return Only(route, route.Targets[0], needs, capabilities);
        }

        var able = ImmutableArray.CreateBuilder<(Target Target, bool IsEmulated, double Place)>(route.Targets.Length);
        var known = ImmutableArray.CreateBuilder<ModelCapabilities>(route.Targets.Length);
        for (var i = 0; i < route.Targets.Length; i++)
        {
            var target = route.Targets[i];
            if (capabilities(target) is not { } can)
            {
                continue;
            }

            known.Add(can);
            if (FirstMissing(needs, can | EmulatedCapabilities.All) is null)
            {
                able.Add(
                    (target, FirstMissing(needs, can) is not null, TargetPlaces.Of(requestId, i, target.Weight, load?.Invoke(target) ?? 0))
                );
            }
        }

        if (able.Count == 0)
        {
            return known.Count == 0 ? NoPool(route) : Unable(route, Blamed(needs, known));
        }

        able.Sort(static (a, b) => (a.Target.Order, a.IsEmulated, a.Place).CompareTo((b.Target.Order, b.IsEmulated, b.Place)));
        return new([.. able.Select(static one => one.Target)], null);
    }

    private static TargetChoice Only(
        Route route,
        Target target,
        ImmutableArray<TurnNeed> needs,
        Func<Target, ModelCapabilities?> capabilities
    ) =>
        capabilities(target) is not { } can ? NoPool(route)
        : FirstMissing(needs, can | EmulatedCapabilities.All) is { } missing ? Unable(route, missing)
        : new(route.Targets, null);

    private static TurnNeed? FirstMissing(ImmutableArray<TurnNeed> needs, ModelCapabilities can)
    {
        foreach (var need in needs)
        {
            if (!can.HasFlag(need.Capability))
            {
                return need;
            }
        }

        return null;
    }

    /// <summary>The need to name: a need that no target meets; where each need has a target, the first that some target lacks.</summary>
    private static TurnNeed Blamed(ImmutableArray<TurnNeed> needs, IReadOnlyCollection<ModelCapabilities> known)
    {
        foreach (var need in needs)
        {
            if (known.All(can => !(can | EmulatedCapabilities.All).HasFlag(need.Capability)))
            {
                return need;
            }
        }

        return needs.First(need => known.Any(can => !(can | EmulatedCapabilities.All).HasFlag(need.Capability)));
    }

    private static TargetChoice Unable(Route route, TurnNeed need) =>
        new(
            [],
            new(
                TurnErrorKind.NotSupportedByModel,
                $"'{need.Field}' asks for {need.What}, which the model '{route.Id}' does not support here. Use another model, or leave that out.",
                need.Field
            )
        );

    private static TargetChoice NoPool(Route route) =>
        new(
            [],
            new(
                TurnErrorKind.NoUsableAccount,
                $"The model '{route.Id}' has no usable account: none of its pools is defined. See /admin/models."
            )
        );

    private static TargetChoice TooLong(int window, int promptTokens, int toolTokens) =>
        new(
            [],
            new(
                TurnErrorKind.ContextLengthExceeded,
                $"This model's maximum context length is {window} tokens, but the {(toolTokens > 0 ? "messages and tools" : "messages")} have at least {promptTokens}{(toolTokens > 0 ? $", {toolTokens} of them for the tools" : "")}. Please shorten them.",
                "messages"
            )
        );
}
