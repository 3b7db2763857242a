namespace FlowGpt.Grains.Isolation;

/// <summary>Asks another silo what it takes this one for.</summary>
internal interface IPeerProbe
{
    /// <summary>Asks anew, never from a cache, within a time. Never throws.</summary>
    Task<PeerState> Ask(SiloAddress silo, TimeSpan within);
}
