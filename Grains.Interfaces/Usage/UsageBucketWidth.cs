namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>How long the buckets of a usage query are. Shorter than an hour is not kept.</summary>
[GenerateSerializer]
public enum UsageBucketWidth
{
    /// <summary>A UTC hour.</summary>
    Hour = 0,

    /// <summary>A UTC day.</summary>
    Day = 1,
}
