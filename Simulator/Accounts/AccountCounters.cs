using FlowGpt.Simulator.Signatures;

namespace FlowGpt.Simulator.Accounts;

/// <summary>Plain counters of one account; the account guards them.</summary>
internal sealed class AccountCounters
{
    /// <summary>An account should have one device id; more than these few are not told apart.</summary>
    public const int MaxDevices = 16;

    public long[] Rejected { get; } = new long[Enum.GetValues<RejectReason>().Length];

    public long[] Remarks { get; } = new long[Enum.GetValues<Remark>().Length];

    public long[] SignatureFaults { get; } = new long[Enum.GetValues<SignatureFault>().Length];

    public long[] SignatureForms { get; } = new long[Enum.GetValues<SignatureForm>().Length];

    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    public long ChatRequests { get; set; }

    public long CreateRequests { get; set; }

    public long EmbeddingRequests { get; set; }

    public long OtherTokens { get; set; }

    public long Accepted { get; set; }

    public long Completed { get; set; }

    public long CutByClient { get; set; }

    public long CutByFault { get; set; }

    public long LateDisconnects { get; set; }

    public int PeakOpen { get; set; }

    public long PromptTokens { get; set; }

    public long PromptCharacters { get; set; }

    public long Fragments { get; set; }

    public long TextCharacters { get; set; }

    public long TextBytes { get; set; }
}
