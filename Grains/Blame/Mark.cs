using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Blame;

/// <summary>What is held against one account, for one model or for all. A mark ends with a success, or is taken back; no mark lasts for ever.</summary>
internal sealed record Mark
{
    public required FailureReason Reason { get; init; }

    public int? StatusCode { get; init; }

    /// <summary>When the account got the mark.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the latest failure was counted. Failures of calls that were granted before belong to the same wave.</summary>
    public required DateTimeOffset ChargedAt { get; init; }

    /// <summary>Whether the account gets nothing but probes; else it goes last in the choice.</summary>
    public bool IsOut { get; init; }

    /// <summary>The account that served what this account refused; null where no comparison was needed.</summary>
    public string? SecondOpinionBy { get; init; }

    /// <summary>The request that the mark is for: the same request does not count twice.</summary>
    public Digest Fingerprint { get; init; }

    /// <summary>From one probe to the next.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>When the next probe is due.</summary>
    public required DateTimeOffset ProbeAt { get; init; }

    /// <summary>The lease of the probe under way; empty when there is none.</summary>
    public Guid Probe { get; init; }

    /// <summary>The mark as it was before <see cref="ChargedAt"/>; null when there was none.</summary>
    public Mark? Before { get; init; }

    /// <summary>The mark as it was before a time; null when there was none then.</summary>
    public Mark? AsOf(DateTimeOffset time)
    {
        var mark = this;
        while (mark is not null && mark.ChargedAt >= time)
        {
            mark = mark.Before;
        }

        return mark;
    }
}

/// <summary>An account's state for one model.</summary>
internal enum Standing
{
    /// <summary>Nothing is held against it.</summary>
    Clear,

    /// <summary>It is chosen when no other account can serve.</summary>
    Last,

    /// <summary>It has a mark and its next probe is due.</summary>
    ProbeDue,

    /// <summary>It gets nothing before its next probe.</summary>
    Out,
}
