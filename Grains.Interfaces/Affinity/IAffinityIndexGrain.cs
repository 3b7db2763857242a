using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Interfaces.Affinity;

/// <summary>
/// One shard of the index from a served context to the upstream conversation that already holds it. In memory only: a lost entry
/// costs one extra upstream round trip, nothing else; so does a shard that does not answer within a second. Key: the shard's number, see <see cref="ShardOf"/>.
/// </summary>
[Alias("flowgpt.IAffinityIndexGrain")]
public interface IAffinityIndexGrain : IGrainWithIntegerKey
{
    /// <summary>How many shards there are.</summary>
    const int Shards = 16;

    /// <summary>
    /// Takes the upstream conversation that holds exactly this context, or null. The entry is removed: the upstream conversation
    /// grows with its next turn, so it holds exactly this context only until then.
    /// </summary>
    [Alias("take"), ResponseTimeout("00:00:01")]
    ValueTask<UpstreamThread?> Take(Digest context);

    /// <summary>Remembers which upstream conversation holds this context. Replaces an older entry. Idempotent.</summary>
    [Alias("put"), ResponseTimeout("00:00:01")]
    ValueTask Put(Digest context, UpstreamThread thread);

    /// <summary>The shard of a context.</summary>
    static long ShardOf(Digest context) => (long)(context.Low % Shards);
}
