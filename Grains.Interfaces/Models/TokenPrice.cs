namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>What a million tokens cost, each 0 or more, in the currency that the operator counts in.</summary>
/// <param name="Input">Prompt tokens.</param>
/// <param name="Output">Tokens of the reply, reasoning included.</param>
/// <param name="CachedInput">Prompt tokens that the provider did not have to read again; null when they cost as much as others.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TokenPrice")]
public sealed record TokenPrice(
    [property: Id(0)] decimal Input,
    [property: Id(1)] decimal Output,
    [property: Id(2)] decimal? CachedInput = null
);
