using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Embeddings;

/// <summary>Makes embeddings on the silo that the call reaches. Key: <see cref="Key"/>. Nothing is stored.</summary>
[Alias("flowgpt.IEmbeddingGrain")]
public interface IEmbeddingGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Makes the embeddings of all inputs of a request, on one account. Interleaves. Cancelling ends the upstream call.</summary>
    [Alias("embed"), AlwaysInterleave, ResponseTimeout("01:00:00")]
    ValueTask<EmbeddingResult> Embed(EmbeddingRequest request, CancellationToken cancellationToken);
}
