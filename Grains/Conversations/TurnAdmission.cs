using FlowGpt.Grains.Cluster;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Whether this silo takes new turns. One that drains takes none while another silo is there to take them: it would have to end them in the middle, and
/// would never be done. The last one takes what still comes.
/// </summary>
internal sealed class TurnAdmission(ResponseRegistry registry, SiloDrain drain, ISiloStatusOracle silos)
{
    /// <summary>Whether new turns belong on other silos.</summary>
    public bool IsClosed => (registry.IsDraining || drain.IsOn) && silos.GetApproximateSiloStatuses(onlyActive: true).Count > 1;
}
