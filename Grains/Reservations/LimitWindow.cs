namespace FlowGpt.Grains.Reservations;

/// <summary>What was used of one limit. Time is an argument and must not run backwards.</summary>
/// <param name="kind">Which limit.</param>
/// <param name="limit">The most that may be used.</param>
internal abstract class LimitWindow(WindowKind kind, long limit)
{
    /// <summary>A limit that is only counted.</summary>
    public const long Unlimited = long.MaxValue;

    public WindowKind Kind => kind;

    /// <summary>The most that may be used in one window.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>What is used of the window that contains <paramref name="now"/>.</summary>
    public abstract long Placed(DateTimeOffset now);

    /// <summary>Enters a use.</summary>
    public abstract void Add(DateTimeOffset at, long amount);

    /// <summary>Corrects a use that was entered at <paramref name="at"/>, never below zero. A use that no longer counts changes nothing.</summary>
    public abstract void Adjust(DateTimeOffset at, long delta);

    /// <summary>The earliest instant at which <paramref name="excess"/> of what is used counts no more; null if there never was so much.</summary>
    public abstract DateTimeOffset? FreeAt(long excess);

    /// <summary>When nothing of it counts any more; null when nothing does now.</summary>
    public abstract DateTimeOffset? EmptyAt();

    /// <summary>When something of it counts no more, after <paramref name="now"/>; null when nothing does now.</summary>
    public abstract DateTimeOffset? ChangesAt(DateTimeOffset now);
}
