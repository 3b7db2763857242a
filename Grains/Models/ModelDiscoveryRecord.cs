using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>What is stored of discovery: the last answers.</summary>
[GenerateSerializer, Alias("flowgpt.ModelDiscoveryRecord")]
public sealed record ModelDiscoveryRecord
{
    /// <summary>The last answers.</summary>
    [Id(0)]
    public DiscoveredModels Models { get; init; } = DiscoveredModels.None;
}
