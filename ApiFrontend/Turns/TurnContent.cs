using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>What a client asks of a model, without who asks and where the turn runs.</summary>
internal sealed record TurnContent
{
    /// <summary>The context, the new items last.</summary>
    public required ImmutableArray<Item> Input { get; init; }

    /// <summary>Instructions of this turn alone; null when there are none.</summary>
    public string? Instructions { get; init; }

    /// <summary>The tools that the model may call.</summary>
    public ImmutableArray<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Which of them it may or must call.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>The form of the reply's text; null for plain text.</summary>
    public ResponseFormat? Format { get; init; }

    /// <summary>How the reply is to be made.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>Fields of the request that the gateway does not know; null when there are none.</summary>
    public RequestExtensions? Extensions { get; init; }

    /// <summary>Whether the oldest turns are left out of a context that is too long, where nothing is stored.</summary>
    public bool DropsOldest { get; init; }

    /// <summary>Where the request has its images, files and audio; null when it has none.</summary>
    public PartPlaces? Places { get; init; }
}
