using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>For a frontend inside a silo: the turns it follows run in its own process mostly, and die with it.</summary>
internal sealed class NoUsageWitness : IUsageWitness
{
    public void Ended(UsageEvent usage) { }

    public void Lost(UsageEvent usage) { }

    public void SiloLost() { }
}
