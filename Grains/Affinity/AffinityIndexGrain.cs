using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Affinity;

/// <summary>Gives <see cref="AffinityIndex"/> an address and the time.</summary>
[GrainType("affinity-index")]
internal sealed class AffinityIndexGrain(IOptions<AffinityOptions> options, TimeProvider time) : Grain, IAffinityIndexGrain
{
    private readonly AffinityIndex _index = new(options.Value.CapacityPerShard, options.Value.TimeToLive);

    public ValueTask<UpstreamThread?> Take(Digest context) => new(_index.Take(context, time.GetUtcNow()));

    public ValueTask Put(Digest context, UpstreamThread thread)
    {
        _index.Put(context, thread, time.GetUtcNow());
        return ValueTask.CompletedTask;
    }
}
