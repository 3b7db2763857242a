namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>One conversation of a <see cref="PendingIndex"/>.</summary>
internal sealed class PendingEntry(DateTimeOffset touchedAt)
{
    /// <summary>When its latest turn began.</summary>
    public DateTimeOffset TouchedAt { get; private set; } = touchedAt;

    /// <summary>Turns begun since it was added; shows a check that began earlier that the check is out of date.</summary>
    public int Turns { get; private set; }

    /// <summary>Whether the stored index has it.</summary>
    public bool IsDurable { get; set; }

    /// <summary>Names the latest turn; empty for an entry that cannot leave by itself.</summary>
    public Guid Turn { get; private set; }

    /// <summary>Whether the latest turn has left: the next write is without it.</summary>
    public bool HasLeft { get; set; }

    public void Touch(DateTimeOffset now, Guid turn)
    {
        (Turn, HasLeft) = (turn, false);
        TouchedAt = now;
        Turns++;
    }
}
