using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>An <see cref="IUpstream"/> whose provider makes embeddings too. Thread-safe.</summary>
public interface IEmbeddingUpstream
{
    /// <summary>Makes the embeddings of all inputs.</summary>
    /// <exception cref="UpstreamException">The call failed; the exception carries the classified failure.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<EmbeddingReply> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken);
}

/// <summary>One call for embeddings.</summary>
/// <param name="Target">The model to ask.</param>
/// <param name="ClientKeyId">The id of the client key.</param>
/// <param name="Input">The inputs as JSON text, as the client sent them: a string, strings, token numbers, or arrays of token numbers.</param>
/// <param name="Dimensions">How long each vector is to be; null leaves the choice to the model.</param>
/// <param name="Credential">The account to act as.</param>
/// <param name="Extensions">Fields of the request that the gateway does not know; null when there are none.</param>
public sealed record EmbeddingCall(
    Target Target,
    string ClientKeyId,
    string Input,
    int? Dimensions,
    UpstreamCredential Credential,
    RequestExtensions? Extensions = null
)
{
    /// <summary>Says which model, never the input.</summary>
    public override string ToString() => $"Embeddings of {Target}";
}

/// <summary>The embeddings of a call.</summary>
/// <param name="Vectors">One vector an input, in the order of the inputs: 32-bit floating-point numbers, little-endian.</param>
/// <param name="Usage">Tokens as the provider reports them; null when the provider does not.</param>
/// <param name="RateLimits">What the answer says of the account's limits; null when it says nothing.</param>
public sealed record EmbeddingReply(ImmutableArray<ReadOnlyMemory<byte>> Vectors, TokenUsage? Usage, RateLimitReport? RateLimits);
