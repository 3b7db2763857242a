namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>What a usage query splits a bucket by.</summary>
[Flags, GenerateSerializer]
public enum UsageGrouping
{
    /// <summary>One row a bucket.</summary>
    None = 0,

    /// <summary>By client key.</summary>
    ClientKey = 1,

    /// <summary>By model alias.</summary>
    Model = 2,

    /// <summary>By upstream account.</summary>
    Account = 4,
}
