namespace FlowGpt.Grains.Pools.Decisions;

/// <summary>Whether an account can serve.</summary>
/// <param name="Reason">Why not; <see cref="SkipReason.None"/> when it can.</param>
/// <param name="FreeAt">From when it can, as far as is known; null when that depends on something other than time.</param>
internal readonly record struct Verdict(SkipReason Reason, DateTimeOffset? FreeAt)
{
    /// <summary>It can serve now.</summary>
    public static readonly Verdict Ready = new(SkipReason.None, null);

    /// <summary>This, or another obstacle that lasts longer. Null: how long depends on calls in flight; what the clock decides lasts longer.</summary>
    public Verdict Later(SkipReason reason, DateTimeOffset? freeAt) =>
        Reason == SkipReason.None || freeAt > (FreeAt ?? DateTimeOffset.MinValue) ? new(reason, freeAt) : this;
}
