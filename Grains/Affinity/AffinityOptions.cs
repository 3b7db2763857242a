using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Affinity;

/// <summary>How long and for how many contexts an upstream conversation is remembered for reuse.</summary>
public sealed class AffinityOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "FlowGpt:Affinity";

    /// <summary>Most contexts remembered in one of the 16 shards.</summary>
    /// <value>4096 by default (about 1 MB a shard). 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int CapacityPerShard { get; set; } = 4096;

    /// <summary>How long an upstream conversation is trusted to be there still.</summary>
    /// <value>One hour by default. One second to 7 days: longer than the upstream keeps it costs an occasional failed call.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(1);
}
