using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Tells a model that a tool failed, where the provider's protocol has no field for that. Pure.</summary>
internal static class FailedResult
{
    /// <summary>What the text of a failed tool's result begins with.</summary>
    public const string Mark = "ERROR: ";

    /// <summary>The parts of a result, marked when the tool failed.</summary>
    public static ToolResultItem Told(ToolResultItem result) =>
        !result.IsError ? result
        : result.Parts is [TextPart first, .. var rest] ? result with { Parts = [new TextPart(Mark + first.Text), .. rest] }
        : result with { Parts = [new TextPart(Mark), .. result.Parts.IsDefault ? [] : result.Parts] };
}
