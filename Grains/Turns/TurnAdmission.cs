using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Isolation;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Whether this silo takes new turns. A draining silo takes none while another silo is there to take them: it would have to end them in the middle, and
/// would never be empty. The last silo takes all new turns. A silo that is cut off from its cluster takes none in any case.
/// </summary>
internal sealed class TurnAdmission(ResponseRegistry registry, SiloDrain drain, SiloContact contact, ISiloStatusOracle silos)
{
    /// <summary>Whether nothing may be sent upstream from here, not even for turns that were taken.</summary>
    public bool IsCutOff => contact.IsLost;

    /// <summary>Whether new turns belong on other silos.</summary>
    public bool IsClosed => contact.IsLost || ((registry.IsDraining || drain.IsOn) && IsAnotherThere());

    // This silo does not count: its own stop ends its being active long before its last request comes.
    private bool IsAnotherThere() => silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Any(silo => !silo.Equals(silos.SiloAddress));
}
