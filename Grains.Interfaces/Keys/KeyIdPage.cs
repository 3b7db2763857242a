using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>Some of the keys' ids.</summary>
/// <param name="Ids">In the order asked for.</param>
/// <param name="HasMore">Whether there are more after the last one.</param>
/// <param name="Total">How many keys there are in all.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyIdPage")]
public sealed record KeyIdPage([property: Id(0)] ImmutableArray<string> Ids, [property: Id(1)] bool HasMore, [property: Id(2)] int Total);
