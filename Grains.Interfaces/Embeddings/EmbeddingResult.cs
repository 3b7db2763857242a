using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Interfaces.Embeddings;

/// <summary>The result of a request for embeddings: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.EmbeddingResult")]
public abstract record EmbeddingResult
{
    private EmbeddingResult() { }

    /// <summary>The vectors.</summary>
    /// <param name="Vectors">One vector an input, in the order of the inputs: 32-bit floating-point numbers, little-endian.</param>
    /// <param name="Usage">Tokens.</param>
    /// <param name="Serving">Who served the request.</param>
    /// <param name="Headroom">What is left of the client key's limits; null when it has none.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.EmbeddingResult.Made")]
    public sealed record Made(
        [property: Id(0)] ImmutableArray<ReadOnlyMemory<byte>> Vectors,
        [property: Id(1)] TokenUsage Usage,
        [property: Id(2)] ResponseServing? Serving,
        [property: Id(3)] KeyHeadroom? Headroom
    ) : EmbeddingResult;

    /// <summary>There are none.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="Headroom">What is left of the client key's limits; null when it has none.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.EmbeddingResult.Failed")]
    public sealed record Failed([property: Id(0)] TurnError Error, [property: Id(1)] KeyHeadroom? Headroom) : EmbeddingResult;
}
