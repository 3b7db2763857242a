using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// Stands around every upstream of a pool: a call with a credential or a target of another pool is a defect, and ends before anything is sent.
/// </summary>
internal static class PoolWall
{
    /// <exception cref="InvalidOperationException">The credential or the target belongs to another pool.</exception>
    public static void Check(string pool, string credential, string target)
    {
        if (credential != pool || target != pool)
        {
            throw new InvalidOperationException(
                $"A call to pool \"{pool}\" has a credential of pool \"{credential}\" and a target of pool \"{target}\"; nothing was sent."
            );
        }
    }
}

/// <summary>A pool's upstream behind the wall.</summary>
internal sealed class PoolUpstream(string pool, IUpstream inner) : IUpstream
{
    public Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        PoolWall.Check(pool, call.Credential.Pool, call.Target.Pool);
        return inner.OpenAsync(call, cancellationToken);
    }

    public string? AccountOf(string clientKeyId, ReadOnlySpan<Item> context) => inner.AccountOf(clientKeyId, context);
}

/// <summary>A pool's embeddings behind the wall.</summary>
internal sealed class PoolEmbeddings(string pool, IEmbeddingUpstream inner) : IEmbeddingUpstream
{
    public Task<EmbeddingReply> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        PoolWall.Check(pool, call.Credential.Pool, call.Target.Pool);
        return inner.EmbedAsync(call, cancellationToken);
    }
}
