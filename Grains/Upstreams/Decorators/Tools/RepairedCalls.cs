using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>Which calls of a second answer replace broken calls, so that no tool runs twice for the same call of the model. Pure.</summary>
internal static class RepairedCalls
{
    /// <summary>
    /// The calls of the answer without those that repeat a kept call, and not more of them than were broken. A call of a tool that a kept call has too is a repetition
    /// unless a broken block names that tool.
    /// </summary>
    /// <param name="kept">The calls of the first answer that could be read.</param>
    /// <param name="broken">What could not be read; empty where the first answer had no call.</param>
    /// <param name="answer">The calls of the second answer.</param>
    public static ImmutableArray<ToolCallText> Of(
        IReadOnlyCollection<ToolCallText> kept,
        IReadOnlyCollection<BrokenCall> broken,
        ImmutableArray<ToolCallText> answer
    )
    {
        var most = broken.Count == 0 ? answer.Length : broken.Sum(static block => block.Calls);
        var taken = ImmutableArray.CreateBuilder<ToolCallText>();
        foreach (var call in answer)
        {
            var repeats =
                kept.Concat(taken).Any(other => IsSame(call, other))
                || (kept.Any(other => other.Tool == call.Tool) && !broken.Any(block => Names(block, call.Tool)));
            if (!repeats && taken.Count < most)
            {
                taken.Add(call);
            }
        }

        return taken.DrainToImmutable();
    }

    /// <summary>Whether two calls ask for the same, with their arguments in any order.</summary>
    public static bool IsSame(ToolCallText one, ToolCallText other)
    {
        if (one.Tool != other.Tool || one.Kind != other.Kind)
        {
            return false;
        }

        if (one.Arguments == other.Arguments || one.Kind == ToolKind.Custom)
        {
            return one.Arguments == other.Arguments;
        }

        using var first = JsonDocument.Parse(one.Arguments);
        using var second = JsonDocument.Parse(other.Arguments);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private static bool Names(BrokenCall block, string tool)
    {
        if (block.Tool == tool)
        {
            return true;
        }

        for (
            var at = block.Body.IndexOf(tool, StringComparison.Ordinal);
            at >= 0;
            at = block.Body.IndexOf(tool, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + tool.Length;
            if ((at == 0 || !IsNamePart(block.Body[at - 1])) && (end == block.Body.Length || !IsNamePart(block.Body[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamePart(char value) => char.IsAsciiLetterOrDigit(value) || value is '_' or '-';
}
