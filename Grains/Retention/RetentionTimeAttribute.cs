using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Retention;

/// <summary>A time that records are kept: 1 to 3650 days, or 0 for ever. A shorter time could end a record while its grain is in use.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RetentionTimeAttribute : ValidationAttribute
{
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public RetentionTimeAttribute()
        : base("must be between 1 and 3650 days (\"30.00:00:00\" is 30 days), or 0 to keep for ever.") { }

    public override bool IsValid(object? value) =>
        value is TimeSpan time && (time == TimeSpan.Zero || (time >= Shortest && time <= Longest));
}
