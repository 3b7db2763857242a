using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>How a reply is to be made. A null means the provider's default.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.SamplingOptions")]
public sealed record SamplingOptions
{
    /// <summary>No option is set.</summary>
    public static SamplingOptions Default { get; } = new();

    /// <summary>The reply ends after this many tokens; at least 1.</summary>
    [Id(0)]
    public int? MaxOutputTokens { get; init; }

    /// <summary>Up to four strings; the reply ends before the first that occurs.</summary>
    [Id(1)]
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>0 to 2.</summary>
    [Id(2)]
    public double? Temperature { get; init; }

    /// <summary>0 to 1.</summary>
    [Id(3)]
    public double? TopP { get; init; }

    /// <summary>-2 to 2.</summary>
    [Id(4)]
    public double? PresencePenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    [Id(5)]
    public double? FrequencyPenalty { get; init; }

    [Id(6)]
    public long? Seed { get; init; }

    /// <summary>Whether the probabilities of tokens are wanted.</summary>
    [Id(7)]
    public bool? Logprobs { get; init; }

    /// <summary>0 to 20.</summary>
    [Id(8)]
    public int? TopLogprobs { get; init; }

    /// <summary>Such as <c>low</c> or <c>high</c>; passed on as it is.</summary>
    [Id(9)]
    public string? ReasoningEffort { get; init; }

    /// <summary>Such as <c>low</c> or <c>high</c>; passed on as it is.</summary>
    [Id(10)]
    public string? Verbosity { get; init; }

    /// <summary>Whether one reply may hold several tool calls.</summary>
    [Id(11)]
    public bool? ParallelToolCalls { get; init; }

    /// <summary>A reply holds at most so many tool calls; at least 1. A provider of the client's own dialect keeps to it itself.</summary>
    [Id(12)]
    public int? MaxToolCalls { get; init; }
}
