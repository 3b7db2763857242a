using FlowGpt.Simulator.Signatures;

namespace FlowGpt.Simulator.Accounts;

/// <summary>What one account saw and did up to the moment the snapshot was taken.</summary>
public sealed record AccountTruth
{
    /// <summary>The account's name; its id when it was never named.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>id</c> claim of its tokens.</summary>
    public required string Id { get; init; }

    /// <summary>Calls of <c>/v3/chat</c> or <c>/chat/completions</c> with a token or key of the account, whatever came of them.</summary>
    public long ChatRequests { get; init; }

    /// <summary>Calls of <c>/conversation/create</c> with a token of the account, whatever came of them.</summary>
    public long CreateRequests { get; init; }

    /// <summary>Calls of <c>/embeddings</c> with a key of the account, whatever came of them.</summary>
    public long EmbeddingRequests { get; init; }

    /// <summary>Requests for chat and embeddings that were charged to the limits.</summary>
    public long Accepted { get; init; }

    /// <summary>Accepted requests whose whole reply was written.</summary>
    public long Completed { get; init; }

    /// <summary>Accepted requests whose client went away first.</summary>
    public long CutByClient { get; init; }

    /// <summary>Accepted requests that a fault ended.</summary>
    public long CutByFault { get; init; }

    /// <summary>Accepted requests still in progress.</summary>
    public int Open { get; init; }

    /// <summary>The most requests ever in progress at once.</summary>
    public int PeakOpen { get; init; }

    /// <summary>Words in the prompts of accepted requests: a lower bound of what any tokeniser counts (assumed).</summary>
    public long PromptTokens { get; init; }

    /// <summary>UTF-16 code units in the prompts of accepted requests.</summary>
    public long PromptCharacters { get; init; }

    /// <summary>Text fragments written; each counts as a token.</summary>
    public long Fragments { get; init; }

    /// <summary>Tokens of replies that are not text: reasoning, refusals, arguments of tools. Charged as text is.</summary>
    public long OtherTokens { get; init; }

    /// <summary>All tokens of replies, as the OpenAI-compatible face's usage tells them.</summary>
    public long CompletionTokens => Fragments + OtherTokens;

    /// <summary>UTF-16 code units of text written.</summary>
    public long TextCharacters { get; init; }

    /// <summary>UTF-8 bytes of text written, without framing and escapes.</summary>
    public long TextBytes { get; init; }

    /// <summary>Requests that got no reply, by reason; reasons that never occurred are absent.</summary>
    public required IReadOnlyDictionary<RejectReason, long> Rejected { get; init; }

    /// <summary>Times a limit was exceeded, by limit; limits that were kept are absent.</summary>
    public required IReadOnlyDictionary<LimitKind, long> Violations { get; init; }

    /// <summary>What was wrong with signatures of chat requests, refused or not; faults that never occurred are absent.</summary>
    public required IReadOnlyDictionary<SignatureFault, long> SignatureFaults { get; init; }

    /// <summary>Right signatures, by form; forms that never occurred are absent.</summary>
    public required IReadOnlyDictionary<SignatureForm, long> SignatureForms { get; init; }

    /// <summary>Odd things in requests, none of them refused; those that never occurred are absent.</summary>
    public required IReadOnlyDictionary<Remark, long> Remarks { get; init; }

    /// <summary>The device ids seen, at most 16.</summary>
    public required IReadOnlyList<string> DeviceIds { get; init; }

    /// <summary>
    /// Requests that seemed to exceed the concurrent limit, until it turned out that a client had already gone away from another reply.
    /// </summary>
    public long LateDisconnects { get; init; }

    /// <summary>What the current windows have used, by limit; limits that do not exist are absent.</summary>
    public required IReadOnlyDictionary<LimitKind, long> Used { get; init; }

    /// <summary>The account's settings.</summary>
    public required AccountSettings Settings { get; init; }

    /// <summary>The limits in force.</summary>
    public required AccountLimits Limits { get; init; }

    /// <summary>Violations of all limits together.</summary>
    public long TotalViolations => Violations.Values.Sum();

    internal static AccountTruth From(
        Account account,
        AccountSettings settings,
        AccountCounters counters,
        LimitBook limits,
        int open,
        DateTimeOffset now
    ) =>
        new()
        {
            Name = account.Name,
            Id = account.Id,
            ChatRequests = counters.ChatRequests,
            CreateRequests = counters.CreateRequests,
            EmbeddingRequests = counters.EmbeddingRequests,
            OtherTokens = counters.OtherTokens,
            Accepted = counters.Accepted,
            Completed = counters.Completed,
            CutByClient = counters.CutByClient,
            CutByFault = counters.CutByFault,
            Open = open,
            PeakOpen = counters.PeakOpen,
            PromptTokens = counters.PromptTokens,
            PromptCharacters = counters.PromptCharacters,
            Fragments = counters.Fragments,
            TextCharacters = counters.TextCharacters,
            TextBytes = counters.TextBytes,
            Rejected = NonZero<RejectReason>(reason => counters.Rejected[(int)reason]),
            Violations = NonZero<LimitKind>(limits.Violations),
            SignatureFaults = NonZero<SignatureFault>(fault => fault == SignatureFault.None ? 0 : counters.SignatureFaults[(int)fault]),
            SignatureForms = NonZero<SignatureForm>(form => counters.SignatureForms[(int)form]),
            Remarks = NonZero<Remark>(remark => counters.Remarks[(int)remark]),
            DeviceIds = [.. counters.Devices],
            LateDisconnects = counters.LateDisconnects,
            Used = NonZero<LimitKind>(kind => limits.Used(kind, now)),
            Settings = settings,
            Limits = limits.Limits,
        };

    private static Dictionary<T, long> NonZero<T>(Func<T, long> count)
        where T : struct, Enum => Enum.GetValues<T>().Where(key => count(key) != 0).ToDictionary(key => key, count);
}
