namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>The limits that a request's key has, as its frontend knows them.</summary>
/// <param name="Limits">What the key may use.</param>
/// <param name="Version">The key's version that they are of; the latest ones known hold.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyTerms")]
public sealed record ApiKeyTerms([property: Id(0)] ApiKeyLimits Limits, [property: Id(1)] long Version);
