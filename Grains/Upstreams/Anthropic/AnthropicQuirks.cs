using System.Collections.Immutable;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Names of what a server or a model may lack. A pool lists those that its server lacks.</summary>
internal static class AnthropicQuirks
{
    private static readonly (string Quirk, ModelCapabilities Capability)[] ByQuirk =
    [
        ("tools", ModelCapabilities.Tools),
        ("json_schema", ModelCapabilities.JsonSchema),
        ("images", ModelCapabilities.Images),
        ("files", ModelCapabilities.Files),
    ];

    private const ModelCapabilities All =
        ModelCapabilities.Tools
        | ModelCapabilities.JsonSchema
        | ModelCapabilities.Images
        | ModelCapabilities.Files
        | ModelCapabilities.StopStrings
        | ModelCapabilities.OutputLimit
        | ModelCapabilities.Sampling;

    /// <summary>All names, in ordinal order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. ByQuirk.Select(static one => one.Quirk).Order(StringComparer.Ordinal)];

    /// <summary>What a model can do on a server that lacks these.</summary>
    public static ModelCapabilities CapabilitiesWithout(ImmutableHashSet<string> quirks) =>
        ByQuirk.Where(one => quirks.Contains(one.Quirk)).Aggregate(All, static (capabilities, one) => capabilities & ~one.Capability);
}
