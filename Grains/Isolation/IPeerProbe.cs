namespace FlowGpt.Grains.Isolation;

/// <summary>Asks another silo what it takes this one for.</summary>
internal interface IPeerProbe
{
    /// <summary>Asks the silo, never a cache, and waits at most the given time. Never throws.</summary>
    Task<PeerState> Ask(SiloAddress silo, TimeSpan within);
}
