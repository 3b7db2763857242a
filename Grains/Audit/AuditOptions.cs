using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Audit;

/// <summary>The log of what operators did.</summary>
public sealed class AuditOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "FlowGpt:Audit";

    /// <summary>How long entries are kept, in whole days after theirs.</summary>
    /// <value>Default 90 days; 1 day to 5 years.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "1830.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}
