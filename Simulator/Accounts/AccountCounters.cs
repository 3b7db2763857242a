namespace FlowGpt.Simulator.Accounts;

/// <summary>Plain counters of one account; the account guards them.</summary>
internal sealed class AccountCounters
{
    public long[] Rejected { get; } = new long[Enum.GetValues<RejectReason>().Length];

    public long ChatRequests { get; set; }

    public long CreateRequests { get; set; }

    public long Accepted { get; set; }

    public long Completed { get; set; }

    public long CutByClient { get; set; }

    public long CutByFault { get; set; }

    public int PeakOpen { get; set; }

    public long PromptTokens { get; set; }

    public long PromptCharacters { get; set; }

    public long Fragments { get; set; }

    public long TextCharacters { get; set; }

    public long TextBytes { get; set; }
}
