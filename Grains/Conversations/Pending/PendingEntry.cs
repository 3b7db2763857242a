namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>One conversation of a <see cref="PendingIndex"/>.</summary>
internal sealed class PendingEntry(DateTimeOffset touchedAt)
{
    /// <summary>When its latest turn began.</summary>
    public DateTimeOffset TouchedAt { get; private set; } = touchedAt;

    /// <summary>Turns begun since it was added; tells a look that began earlier that it is out of date.</summary>
    public int Turns { get; private set; }

    /// <summary>Whether the stored index has it.</summary>
    public bool IsDurable { get; set; }

    public void Touch(DateTimeOffset now)
    {
        TouchedAt = now;
        Turns++;
    }
}
