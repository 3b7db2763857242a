using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.Truth;

/// <summary>What the whole simulator saw up to the moment the snapshot was taken.</summary>
public sealed record GlobalTruth
{
    /// <summary>Calls of <c>/v3/chat</c> and <c>/chat/completions</c>, with or without a token or key.</summary>
    public long ChatCalls { get; init; }

    /// <summary>Calls of <c>/conversation/create</c>, with or without a token.</summary>
    public long CreateCalls { get; init; }

    /// <summary>Calls of the prompt search, prompt and prompt list routes, and of <c>/models</c>.</summary>
    public long DiscoveryCalls { get; init; }

    /// <summary>Calls of <c>/embeddings</c>, with or without a key.</summary>
    public long EmbeddingCalls { get; init; }

    /// <summary>Calls of routes that the upstream is not known to have; answered with 404.</summary>
    public long UnknownCalls { get; init; }

    /// <summary>TCP connections ever accepted.</summary>
    public long Connections { get; init; }

    /// <summary>TCP connections open now.</summary>
    public long OpenConnections { get; init; }

    /// <summary>Conversations held; the oldest are forgotten first.</summary>
    public int Conversations { get; init; }

    /// <summary>Requests that were rejected before their account was known, by reason; absent reasons never occurred.</summary>
    public required IReadOnlyDictionary<RejectReason, long> RejectedWithoutAccount { get; init; }
}
