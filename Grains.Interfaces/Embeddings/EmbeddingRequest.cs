using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Interfaces.Embeddings;

/// <summary>A client's request for embeddings.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.EmbeddingRequest")]
public sealed record EmbeddingRequest
{
    /// <summary>The id under which the request is booked.</summary>
    [Id(0)]
    public required string RequestId { get; init; }

    /// <summary>The id of the client key that the request has.</summary>
    [Id(1)]
    public required string ClientKeyId { get; init; }

    /// <summary>The model name that the client used.</summary>
    [Id(2)]
    public required string Route { get; init; }

    /// <summary>The inputs as JSON text: a string, a list of strings, a list of token numbers, or a list of such lists. Checked by the frontend.</summary>
    [Id(3)]
    public required string Input { get; init; }

    /// <summary>How long each vector is to be; null leaves the choice to the model.</summary>
    [Id(4)]
    public int? Dimensions { get; init; }

    /// <summary>Fields of the request that the gateway does not know; null when there are none.</summary>
    [Id(5)]
    public RequestExtensions? Extensions { get; init; }

    /// <summary>The request's whole time, queueing and retries included.</summary>
    [Id(6)]
    public required TimeSpan Timeout { get; init; }

    /// <summary>The limits of the client's key; null when it has none.</summary>
    [Id(7)]
    public ApiKeyTerms? Terms { get; init; }

    /// <summary>The caller's span as W3C <c>traceparent</c>; null when nothing is traced.</summary>
    [Id(8)]
    public string? TraceParent { get; init; }

    /// <summary>Says which request, never its input.</summary>
    public override string ToString() => $"embeddings {RequestId}";
}
