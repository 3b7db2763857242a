namespace FlowGpt.Grains.Reservations;

/// <summary>What one call has reserved on a meter.</summary>
internal class MeterUse
{
    /// <summary>Tokens reserved that are pending: they count in every window, and are entered in none yet.</summary>
    public required long Tokens { get; set; }

    /// <summary>Tokens of it that are entered in the windows: used up before a top-up, or the call has ended.</summary>
    public long Placed { get; set; }

    /// <summary>When the latest of them were entered.</summary>
    public DateTimeOffset PlacedAt { get; set; }

    /// <summary>How many were entered then.</summary>
    public long LatestPlaced { get; set; }

    /// <summary>Tokens of a call taken over that are counted among what was recovered.</summary>
    public long RecoveredTokens { get; init; }

    /// <summary>All tokens reserved.</summary>
    public long Reserved => Tokens + Placed + RecoveredTokens;

    /// <summary>When its request counts as having arrived upstream; null while it may not have been sent yet.</summary>
    public DateTimeOffset? Arrived { get; set; }

    /// <summary>Whether it was reserved on an earlier meter, from that meter's block.</summary>
    public bool TakenOver { get; init; }
}
