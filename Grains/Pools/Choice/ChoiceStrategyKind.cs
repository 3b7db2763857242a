namespace FlowGpt.Grains.Pools.Choice;

/// <summary>How the pool chooses among accounts that can serve. Affinity goes before any of them.</summary>
public enum ChoiceStrategyKind
{
    /// <summary>The most relative headroom over all limits; the oldest use breaks ties.</summary>
    LeastLoaded = 0,

    /// <summary>Each in turn, in configured order.</summary>
    RoundRobin = 1,

    /// <summary>In proportion to the accounts' weights.</summary>
    Weighted = 2,

    /// <summary>The first account that can serve, in configured order: later accounts stay unused.</summary>
    FillFirst = 3,
}
