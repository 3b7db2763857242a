namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>What a roll-up remembers of a ledger that may hold more than is on its own disk.</summary>
internal sealed class OpenLedger
{
    /// <summary>The change of the list that put it there.</summary>
    public long ListedBy { get; init; }

    /// <summary>Monotonic time at which it was last heard; 0 for never.</summary>
    public long Heard { get; set; }

    /// <summary>Monotonic time of its last report with something new.</summary>
    public long Changed { get; set; }

    /// <summary>How often it opened: an answer that took leave before that does not count.</summary>
    public int Opened { get; set; }

    /// <summary>The latest version that the roll-up has on disk.</summary>
    public long Written { get; set; }

    /// <summary>Whether it is being asked now.</summary>
    public bool Asked { get; set; }
}
