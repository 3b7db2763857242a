using Orleans.Runtime.Placement;

namespace FlowGpt.Grains.Turns;

/// <summary>Decides for <see cref="TurnPlacement"/>.</summary>
internal sealed class TurnPlacementDirector(TurnAdmission admission) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var isHere = Array.IndexOf(silos, context.LocalSilo) >= 0;
        if (isHere && context.LocalSiloStatus == SiloStatus.Active && (silos.Length == 1 || !admission.IsClosed))
        {
            return Task.FromResult(context.LocalSilo);
        }

        var others = isHere && silos.Length > 1 ? [.. silos.Where(silo => !silo.Equals(context.LocalSilo))] : silos;
        return Task.FromResult(others[(int)(target.GrainIdentity.GetUniformHashCode() % (uint)others.Length)]);
    }
}
