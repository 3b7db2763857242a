namespace FlowGpt.Grains.Isolation;

/// <summary>When a silo takes itself for cut off. Set by the composition, from what the cluster's failure detection is set to.</summary>
public sealed class IsolationOptions
{
    /// <summary>How long without any contact. Default: 3 s.</summary>
    public TimeSpan FenceAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long it may be without having run or heard anything, however busy the machine is: less than others need to declare a silo dead whose
    /// connections are open. Default: 5 s.
    /// </summary>
    public TimeSpan LongestSilence { get; set; } = TimeSpan.FromSeconds(5);
}
