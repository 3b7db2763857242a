using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations;

/// <summary>How the pump left a turn.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="FinishReason">Why the text ended; set when completed.</param>
/// <param name="Error">What failed; set when failed.</param>
/// <param name="Sent">Whether a chat request may have reached the upstream; if not, nothing is booked but the request itself.</param>
/// <param name="CachedTokens">Prompt tokens that were not sent because the upstream held them.</param>
/// <param name="Thread">The upstream conversation that now holds context and reply exactly; null if none does.</param>
internal sealed record TurnResult(
    ResponseStatus Status,
    FinishReason? FinishReason = null,
    TurnError? Error = null,
    bool Sent = false,
    int CachedTokens = 0,
    UpstreamThread? Thread = null
);
