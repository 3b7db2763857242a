using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>Chooses what stands between a turn and the upstream of its target, by what the target's model can do.</summary>
internal static class UpstreamDecorators
{
    /// <summary>The pool's upstream, with the decorators that this call needs.</summary>
    public static IUpstream Around(OpenPool pool, Target target, Route route, SamplingOptions sampling)
    {
        var can = pool.Kind.CapabilitiesOf(pool.Definition, target.Model);
        var stop = can.HasFlag(ModelCapabilities.StopStrings) ? [] : sampling.Stop;
        var limit = can.HasFlag(ModelCapabilities.OutputLimit) ? null : sampling.MaxOutputTokens;
        return route.CleanResponsePrefix || !stop.IsEmpty || limit is not null
            ? new FilteredUpstream(pool.Upstream, route.CleanResponsePrefix, stop, limit)
            : pool.Upstream;
    }
}
