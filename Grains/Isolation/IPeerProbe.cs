namespace FlowGpt.Grains.Isolation;

/// <summary>Asks another silo whether this silo counts as alive there.</summary>
internal interface IPeerProbe
{
    /// <summary>Asks the silo, never a cache, and waits at most the given time. Never throws.</summary>
    Task<PeerState> Ask(SiloAddress silo, TimeSpan within);
}
