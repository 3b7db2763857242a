namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>The limits that a request's key has, as its frontend knows them.</summary>
/// <param name="Limits">What the key may use.</param>
/// <param name="Version">The version of the key that the terms belong to; terms of a later version replace these.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyTerms")]
public sealed record ApiKeyTerms([property: Id(0)] ApiKeyLimits Limits, [property: Id(1)] long Version);
