using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>Holds the outputs of tools in a turn's input against the calls that are there. Pure.</summary>
public static class ToolOutputs
{
    /// <summary>
    /// The id of the first call that an output of the input answers and that neither the input nor the context before it has; null when there is none, and where
    /// the context has items that only a provider understands, so that not all calls are known.
    /// </summary>
    /// <param name="before">The context before the input.</param>
    /// <param name="input">The items of the turn.</param>
    public static string? WithoutCall(IReadOnlyCollection<Item> before, ImmutableArray<Item> input)
    {
        ArgumentNullException.ThrowIfNull(before);
        var outputs = input
            .OfType<ToolResultItem>()
            .Where(static item => item.CallId.Length > 0)
            .Select(static item => item.CallId)
            .ToArray();
        if (outputs.Length == 0 || before.Concat(input).Any(static item => item is OpaqueItem))
        {
            return null;
        }

        var calls = before.Concat(input).OfType<ToolCallItem>().Select(static call => call.CallId).ToHashSet(StringComparer.Ordinal);
        return outputs.FirstOrDefault(id => !calls.Contains(id));
    }
}
